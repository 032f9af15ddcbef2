import { credentials } from './peoplesCredentials.ts';
import { otherFiles } from './peoplesOtherFiles.ts';

/** Files as people have them, and what is to be seen in each. */
export const peoplesFiles = [...credentials, ...otherFiles];
