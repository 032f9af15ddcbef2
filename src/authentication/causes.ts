import { since } from '../versions.ts';

/** Why a server can refuse a token. The order is that of docs/why-unauthorized.md, which explains each. */
export type CauseId = keyof typeof table;

export interface Cause {
  readonly id: CauseId;
  readonly title: string;
  readonly fix: string;
  /** What in this extension does it, as in contributions.ts. */
  readonly action: Action | undefined;
}

export type Action = 'requestToken' | 'createTokenSecret' | 'generateKubeconfig' | 'selectContext';

const table = {
  'no-token': [
    'No token is sent',
    'Fill in the token. Look for a proxy that drops the Authorization header, or a redirect from http.',
  ],
  'still-base64': [
    'The token is still base64-encoded',
    'Decode it once: the data of a Secret is base64, but the token that is sent must not be.',
  ],
  wrapped: [
    'There is something around the token',
    'Send only the token: no quotes, no "Bearer ", no line breaks, no JSON around it.',
  ],
  truncated: [
    'The token is cut short or damaged',
    'Copy the whole token again. Terminals and form fields cut off long lines.',
  ],
  'not-a-serviceaccount-token': [
    'This is not a ServiceAccount token',
    'Use the login that belongs to this credential, or use a ServiceAccount token instead.',
    'requestToken',
  ],
  'other-cluster': [
    'The token is from another cluster',
    'Use the cluster that issued it, or get a token from this one.',
    'selectContext',
  ],
  'other-cluster-same-issuer': [
    'The token is from another cluster with the same issuer name',
    'Use the cluster that issued it, or get a token from this one. kubeadm and kind clusters all have the same issuer name by default.',
    'selectContext',
  ],
  'signing-key-gone': [
    'The key that signed it is gone: it was rotated, or the control plane was rebuilt',
    'Get a new token. An administrator can keep the old public key with a second --service-account-key-file.',
    'requestToken',
  ],
  'issuer-dropped': [
    'The cluster’s issuer was changed, and the old one is no longer accepted',
    'Get a new token. An administrator can accept the old issuer with a second --service-account-issuer.',
    'requestToken',
  ],
  'bad-signature': [
    'The signature does not match: the token was changed, damaged or forged',
    'Get a new token, and find out who changed this one.',
    'requestToken',
  ],
  expired: [
    'It has expired',
    'Get a new token, or create a token Secret if you need one that does not expire.',
    'requestToken',
  ],
  'stale-file': [
    'It has expired, but its Pod still exists: the client does not read the rotated file again',
    'Read the token file again before each use (in a kubeconfig: tokenFile). A copied token is not renewed.',
    'generateKubeconfig',
  ],
  'not-yet-valid': [
    'It is not valid yet: two clocks disagree',
    'Synchronize the clocks of the API servers with NTP. The token is valid once they agree.',
  ],
  'wrong-audience': [
    'It is for another audience',
    'Request a token without an audience. It is then for the API server.',
    'requestToken',
  ],
  'serviceaccount-gone': [
    'Its ServiceAccount was deleted',
    'Create the ServiceAccount again, then get a new token. The old one stays invalid.',
    'requestToken',
  ],
  'serviceaccount-recreated': [
    'Its ServiceAccount was deleted and created again',
    'Get a new token: the ServiceAccount with this name has a different UID now.',
    'requestToken',
  ],
  'serviceaccount-terminating': [
    'Its ServiceAccount is being deleted, and a finalizer keeps it',
    'Wait until it is deleted (or find out which finalizer blocks that), create it again, and get a new token.',
  ],
  'pod-gone': [
    'The Pod it is bound to is gone',
    'A Pod’s token ends with the Pod. Outside the Pod, use a token that is not bound to a Pod: request one for an hour, or create a token Secret for one that does not expire.',
    'createTokenSecret',
  ],
  'pod-recreated': [
    'The Pod it is bound to was created again under the same name',
    'The new Pod has a new token, and the old one stays invalid. Outside the Pod, use a token that is not bound to a Pod: request one, or create a token Secret.',
    'createTokenSecret',
  ],
  'pod-terminating': [
    'The Pod it is bound to is past its deletion time',
    'Use the token of a Pod that is not being deleted, or one that is not bound to a Pod: request one, or create a token Secret.',
    'createTokenSecret',
  ],
  'bound-secret-gone': [
    'The Secret it is bound to was deleted or created again',
    'This is how such a token is revoked. If that was not intended, get a new token.',
    'requestToken',
  ],
  'node-gone': [
    'The Node it is bound to was deleted or registered again',
    'Get a new token for the current Node.',
    'requestToken',
  ],
  'node-binding-off': [
    'The server does not validate tokens that are bound to Nodes',
    `Upgrade the cluster to ${since('validates Node bindings by default')} or later, or bind the token to something else.`,
    'requestToken',
  ],
  'token-secret-gone': [
    'Its token Secret was deleted',
    'Request a token, or create a token Secret under a new name: the old name can bring the old token back to life.',
    'createTokenSecret',
  ],
  'stored-token-differs': [
    'Its token Secret has a different token',
    'Use the token that is in the Secret now.',
    'generateKubeconfig',
  ],
  'marked-invalid': [
    'It was unused for a year and was marked invalid',
    'Request a token instead. Or remove the label kubernetes.io/legacy-token-invalid-since, and use the token on the same day.',
    'requestToken',
  ],
  'legacy-serviceaccount-recreated': [
    'Its ServiceAccount was deleted and created again, and the Secret belongs to the old one',
    'Request a token, or create a new token Secret. The token controller deletes the old one.',
    'createTokenSecret',
  ],
  'never-filled': [
    'The token Secret was never filled',
    'Create the ServiceAccount first, then the token Secret. The Secret must not be immutable, and the token controller needs its signing key.',
    'createTokenSecret',
  ],
  'another-credential': [
    'A different credential is sent instead of this token',
    'Edit the entry named in the failed check. tokenFile takes precedence over token, the first file over later ones, and a client certificate over any token.',
  ],
  'webhook-token': [
    'It is bound to a webhook, and is not a credential for the API',
    'Request a token for the ServiceAccount itself.',
    'requestToken',
  ],
  gateway: [
    'Something in front of the API server refused it',
    'Get the credential that this gateway requires. The API server was never asked.',
  ],
  'certificate-expired': [
    'The client certificate has expired',
    'Get a new one. If kubeadm set up the cluster, run “kubeadm certs renew admin.conf” on a control plane node, then copy /etc/kubernetes/admin.conf again.',
  ],
  'certificate-not-yet-valid': [
    'The client certificate is not valid yet',
    'Synchronize the clocks of the API servers, and of whoever signed it, with NTP.',
  ],
  'certificate-other-authority': [
    'The client certificate was signed by an authority that the server does not know',
    'Use a certificate that this cluster’s authority has signed. This kubeconfig is for another cluster, or for this one before it was set up again.',
  ],
  'certificate-unusable': [
    'The client certificate names nobody, or is not for clients',
    'Get a certificate whose subject has a CN, the user’s name, and whose extended key usage is clientAuth.',
  ],
} as const satisfies Record<string, readonly [title: string, fix: string, action?: Action]>;

/** Every cause there is. */
export function allCauses(): readonly Cause[] {
  return Object.keys(table)
    .filter((id) => isCauseId(id))
    .map((id) => causeOf(id));
}

function isCauseId(id: string): id is CauseId {
  return Object.hasOwn(table, id);
}

export function causeOf(id: CauseId): Cause {
  const [title, fix, action]: readonly [string, string, Action?] = table[id];
  return { id, title, fix, action };
}

/** From what happens every day to what hardly ever does; shape and carrier are always seen, and so come last. */
const likelihood: Readonly<Record<CauseId, number>> = {
  'pod-gone': 1,
  'pod-recreated': 2,
  'token-secret-gone': 3,
  'bound-secret-gone': 4,
  'stale-file': 5,
  'other-cluster-same-issuer': 6,
  'other-cluster': 7,
  'serviceaccount-recreated': 8,
  'legacy-serviceaccount-recreated': 9,
  'serviceaccount-gone': 10,
  'node-gone': 11,
  'signing-key-gone': 12,
  'certificate-expired': 13,
  'certificate-other-authority': 14,
  'another-credential': 15,
  'wrong-audience': 16,
  'marked-invalid': 17,
  'stored-token-differs': 18,
  'never-filled': 19,
  gateway: 20,
  'no-token': 21,
  'pod-terminating': 22,
  'serviceaccount-terminating': 23,
  'issuer-dropped': 24,
  expired: 25,
  'not-yet-valid': 26,
  'certificate-not-yet-valid': 27,
  'certificate-unusable': 28,
  'bad-signature': 29,
  'node-binding-off': 30,
  'webhook-token': 31,
  'not-a-serviceaccount-token': 32,
  truncated: 33,
  wrapped: 34,
  'still-base64': 35,
};

export function likeliestFirst(ids: readonly CauseId[]): readonly CauseId[] {
  return ids.toSorted((one, other) => likelihood[one] - likelihood[other]);
}

/** "Probably the Pod it is bound to is gone" */
export function probably({ title }: Cause): string {
  return `Probably ${title.charAt(0).toLowerCase()}${title.slice(1)}`;
}
