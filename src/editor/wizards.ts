/** All that is behind the door of `register.ts`: an entry of its own in scripts/build.ts. */
export { compareWithCluster, createInCluster } from './credentials/createInCluster.ts';
export { createTokenSecret } from './credentials/createTokenSecret.ts';
export { keepKubeconfigFresh } from './credentials/fresh.ts';
export { generateKubeconfig } from './credentials/generate.ts';
export { regenerateKubeconfig } from './credentials/regenerate.ts';
export { requestToken } from './credentials/request.ts';
export { addProjectedToken } from './credentials/addProjectedToken.ts';
export { rotateTokenSecret } from './credentials/rotate.ts';
export { scaffoldRole, scaffoldServiceAccount, scaffoldTokenSecret } from './credentials/scaffold.ts';
export { verifyKubeconfig } from './credentials/verify.ts';
export { moveOffLegacyTokens } from './revoke/moveOff.ts';
export { forgetIssuedToken, openIssuedFile } from './ledger/issuedCommands.ts';
export { renewIssuedToken } from './credentials/renew.ts';
export { revokeToken } from './revoke/revoke.ts';
export { endLeftTerminals, openTerminalAs } from './terminal/as.ts';
export { followLink } from './subject/followLink.ts';
export { explainExplorerRow } from './contexts/explorer.ts';
