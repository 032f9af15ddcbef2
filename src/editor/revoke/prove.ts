import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, ClusterAccess } from '../../cluster/api/cluster.ts';
import { Problem } from '../../errors.ts';
import { buildKubeconfig } from '../../kubeconfig/buildKubeconfig.ts';

/** What the server itself said of a token. */
export type Proof =
  /** It accepted the token before and refuses it now; `after` whole seconds. */
  | { readonly is: 'refused'; readonly after: number }
  | { readonly is: 'still-accepted'; readonly after: number }
  /** It refused the token before anything was done, so that its refusal now says nothing. */
  | { readonly is: 'refused-before' };

const EVERY = 1000;

/** Asks a server about one token, with that token alone. It goes to the server of this context and to no other. */
export class Prover {
  readonly #access: Pick<ClusterAccess, 'whoAmI'>;
  readonly #kubeconfig: string;
  #wasAccepted = false;

  constructor(access: Pick<ClusterAccess, 'whoAmI'>, cluster: Pick<Cluster, 'endpoint'>, token: string) {
    this.#access = access;
    this.#kubeconfig = buildKubeconfig({
      endpoint: cluster.endpoint,
      cluster: 'cluster',
      serviceAccount: { namespace: 'default', name: 'default' },
      credential: { token },
    });
  }

  /** To be called before anything is deleted. Throws a Problem where the server cannot be asked. */
  async before(signal: AbortSignal): Promise<void> {
    this.#wasAccepted = await this.#isAccepted(signal);
  }

  /** Asks every second until the server refuses, or `patience` seconds are over. Throws a Problem: cancelled, or unreachable in the end. */
  async after(patience: number, signal: AbortSignal): Promise<Proof> {
    if (!this.#wasAccepted) return { is: 'refused-before' };
    const started = Date.now();
    const after = (): number => Math.round((Date.now() - started) / 1000);
    for (;;) {
      if (!(await this.#isAccepted(signal))) return { is: 'refused', after: after() };
      if (after() >= patience) return { is: 'still-accepted', after: after() };
      await sleep(EVERY, undefined, { signal }).catch((error: unknown) => {
        throw new Problem('cancelled', 'Cancelled.', { cause: error });
      });
    }
  }

  async #isAccepted(signal: AbortSignal): Promise<boolean> {
    try {
      await this.#access.whoAmI({ text: this.#kubeconfig, folder: '/' }, signal);
      return true;
    } catch (error) {
      if (Problem.is(error, 'unauthorized')) return false;
      throw error;
    }
  }
}
