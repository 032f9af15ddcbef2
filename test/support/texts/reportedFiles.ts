import { credentials } from './reportedCredentials.ts';
import { otherFiles } from './reportedOtherFiles.ts';

/** Files as people have them, and what is to be seen in each. */
export const peoplesFiles = [...credentials, ...otherFiles];
