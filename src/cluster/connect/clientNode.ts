// Named, so that the bundle takes no more of the client than it uses.
export { KubeConfig } from '@kubernetes/client-node';
