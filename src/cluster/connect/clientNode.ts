// That authenticator alone: the whole client has others, which run what a kubeconfig's auth-provider names.
export { OpenIDConnectAuth } from '@kubernetes/client-node/dist/oidc_auth.js';
