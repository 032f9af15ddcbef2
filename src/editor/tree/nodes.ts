import type { PodInfo, ServiceAccountInfo, TokenSecretInfo } from '../../cluster/api.ts';

/** A row of the tree; commands of its context menu are given one. */
export type TreeNode =
  | { readonly kind: 'namespace'; readonly name: string }
  | { readonly kind: 'serviceAccount'; readonly info: ServiceAccountInfo }
  | { readonly kind: 'tokenSecret'; readonly info: TokenSecretInfo }
  | { readonly kind: 'pod'; readonly info: PodInfo }
  /** A line that says something and leads nowhere, e.g. what could not be listed. */
  | { readonly kind: 'note'; readonly text: string; readonly id: string };
