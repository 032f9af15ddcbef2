import { credentials } from './reportedCredentials.ts';
import { logins } from './reportedLogins.ts';
import { logs } from './reportedLogs.ts';
import { manifests } from './reportedManifests.ts';
import { otherFiles } from './reportedOtherFiles.ts';
import { pipelines } from './reportedPipelines.ts';
import { shapes } from './reportedShapes.ts';

/** Files as people have them, and what is to be seen in each. */
export const peoplesFiles = [
  ...credentials,
  ...otherFiles,
  ...logins,
  ...logs,
  ...manifests,
  ...pipelines,
  ...shapes,
];
