import type { Token } from '../token/classify.ts';
import type { CauseId } from './causes.ts';

/** What may stand in a shell command as it is: a stranger wrote the claims. */
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

const fresh = (account: string): string => `create token ${account}`;

/** What mends a cause, or shows it, as arguments of `kubectl -n <namespace>`. `held` is what the token hangs on. */
const remedies: Readonly<Partial<Record<CauseId, (account: string, held: string) => string>>> = {
  'pod-gone': fresh,
  'pod-recreated': fresh,
  'pod-terminating': fresh,
  'serviceaccount-terminating': (account) =>
    `get serviceaccount ${account} -o jsonpath='{.metadata.finalizers}'`,
  'marked-invalid': (_account, held) => `label secret ${held} kubernetes.io/legacy-token-invalid-since-`,
  'token-secret-gone': fresh,
  'legacy-serviceaccount-recreated': fresh,
  'stored-token-differs': (_account, held) =>
    `get secret ${held} -o go-template='{{.data.token | base64decode}}'`,
  'never-filled': (_account, held) => `describe secret ${held}`,
  'signing-key-gone': fresh,
  'issuer-dropped': fresh,
  'bad-signature': fresh,
  expired: fresh,
  'wrong-audience': fresh,
  'serviceaccount-gone': fresh,
  'serviceaccount-recreated': fresh,
  'bound-secret-gone': fresh,
  'node-gone': fresh,
  'node-binding-off': fresh,
  'webhook-token': fresh,
};

/** Whether a new token in the place of the old one is what mends a cause, and nothing has to be done before. */
export function isMendedByAnother(cause: CauseId): boolean {
  if (cause === 'stored-token-differs' || cause === 'marked-invalid') return true;
  return remedies[cause] === fresh && cause !== 'serviceaccount-gone';
}

/** A command line that mends a cause, or shows it; undefined where there is none, or a name could not be one. */
export function remedyOf(cause: CauseId, token: Token | undefined): string | undefined {
  if (cause === 'still-base64') return 'base64 -d < token';
  if (cause.startsWith('other-cluster')) return 'kubectl config get-contexts';
  if (cause === 'certificate-expired') return 'kubeadm certs check-expiration';
  if (cause === 'another-credential' || cause === 'no-token') return 'kubectl config view --minify';
  const remedy = remedies[cause];
  if (!remedy || !token || token.kind === 'other') return undefined;
  const { namespace, serviceAccount } = token;
  const held = (token.kind === 'legacy' ? token.secret : token.binding?.name) ?? serviceAccount;
  if (![namespace, serviceAccount, held].every((name) => NAME.test(name))) return undefined;
  const kubectl = `kubectl -n ${namespace}`;
  const first =
    cause === 'serviceaccount-gone' ? `${kubectl} create serviceaccount ${serviceAccount} && ` : '';
  return `${first}${kubectl} ${remedy(serviceAccount, held)}`;
}
