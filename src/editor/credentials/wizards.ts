/** All that is behind the door of `register.ts`: an entry of its own in scripts/build.ts. */
export { createTokenSecret } from './create.ts';
export { generateKubeconfig } from './generate.ts';
export { regenerateKubeconfig } from './regenerate.ts';
export { requestToken } from './request.ts';
export { scaffoldTokenSecret } from './scaffold.ts';
export { verifyKubeconfig } from './verify.ts';
export { revokeToken } from '../ledger/revoke/revoke.ts';
