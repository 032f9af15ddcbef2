/** All that is behind the door of `register.ts`: an entry of its own in scripts/build.ts. */
export { compareWithCluster, createInCluster } from './apply.ts';
export { createTokenSecret } from './createTokenSecret.ts';
export { generateKubeconfig } from './generate.ts';
export { regenerateKubeconfig } from './regenerate.ts';
export { requestToken } from './request.ts';
export { addProjectedToken } from './projected.ts';
export { rotateTokenSecret } from './rotate.ts';
export { scaffoldRole, scaffoldServiceAccount, scaffoldTokenSecret } from './scaffold.ts';
export { verifyKubeconfig } from './verify.ts';
export { moveOffLegacyTokens } from '../ledger/legacy/moveOff.ts';
export { forgetIssuedToken, openIssuedFile } from '../ledger/records.ts';
export { renewIssuedToken } from '../ledger/renew.ts';
export { revokeToken } from '../ledger/revoke/revoke.ts';
export { endLeftTerminals, openTerminalAs } from '../terminal/as.ts';
export { followLink } from '../terminal/followLink.ts';
export { explainExplorerRow } from '../contexts/explorer.ts';
