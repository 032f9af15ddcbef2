import {
  known,
  offlineEvidence,
  type Evidence,
  type Fact,
  type Sent,
} from '../../authentication/evidence.ts';
import { isSignedBy } from '../../files/certificatesIn.ts';
import { isRecord } from '../../token/decode.ts';
import type { ClusterAnswer } from '../api/cluster.ts';
import type { EvidenceOptions } from '../api/credentials.ts';
import { mustBeAgreed, termsOfShowing } from '../connect/agreement.ts';
import type { OpenedContext } from '../connect/context.ts';
import { Server } from '../connect/server.ts';
import { VERSION_PATH } from '../read/whoIs.ts';
import { serverTimeIn } from './answers.ts';
import { askWho, factOf, strangerIn, versionFrom, type Witness } from './gather.ts';

/** Where an API server publishes the authorities that it accepts clients of (kubernetes pkg/controlplane/controller/clusterauthenticationtrust). */
const AUTHORITIES = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication';

/** A kubeconfig that sends no token: what it sends, and itself, opened as its client would. */
interface SentInstead {
  readonly sent: Sent;
  /** The PEM of the client certificate; undefined where none is sent, or a program gives it. */
  readonly pem: () => string | undefined;
  readonly open: () => OpenedContext;
}

/**
 * Gathers what can be known of why a server refuses a kubeconfig that sends no token: its clock, its authorities for
 * clients, and by `options.sendToken` whom it takes the kubeconfig for. As with a token nothing of it is shown to the
 * server before that; nothing has to be agreed to where nothing is sent. Throws as `gatherEvidence` does.
 */
export async function gatherSent(
  witness: Pick<Witness, 'ask' | 'noLogin' | 'endpoint'>,
  { sent, pem, open }: SentInstead,
  options: EvidenceOptions,
  signal: AbortSignal,
): Promise<Evidence> {
  let evidence = offlineEvidence('', options.known);
  const add = (more: Partial<Evidence>): void => {
    evidence = { ...evidence, ...more };
    options.onEvidence?.(evidence);
  };
  const note = (path: string, answer: ClusterAnswer): void => {
    const serverTime = serverTimeIn(answer);
    add({ ...(serverTime && { serverTime }), gateway: known(strangerIn(answer), path) });
  };
  const ask = async <T>(
    path: string,
    needs: string,
    read: (body: Readonly<Record<string, unknown>>) => T | undefined,
  ): Promise<Fact<T>> => {
    const answer = await witness.ask({ path }, signal);
    note(path, answer);
    return factOf(answer, path, needs, read, witness.noLogin);
  };
  const askVersion = async (): Promise<void> => {
    const version = await witness.ask({ path: VERSION_PATH }, signal);
    note(VERSION_PATH, version);
    add(versionFrom(version, witness.noLogin));
  };
  const askAuthorities = async (): Promise<void> => {
    const signed = ({ data }: Readonly<Record<string, unknown>>): boolean | undefined => {
      const bundle = isRecord(data) ? data['client-ca-file'] : undefined;
      const own = pem();
      return typeof bundle === 'string' && own !== undefined ? isSignedBy(own, bundle) : undefined;
    };
    const needs = 'get configmaps in kube-system';
    const found = await ask(AUTHORITIES, needs, signed);
    add({ clientAuthority: found });
  };
  await Promise.all([askVersion(), ...(sent.kind === 'certificate' ? [askAuthorities()] : [])]);
  if (sent.kind !== 'nothing') {
    if (!options.sendToken) return evidence;
    mustBeAgreed(termsOfShowing(sent, witness.endpoint), options.sendToken, 'Showing this credential there');
  }
  if (sent.isThisToken === undefined) return evidence;
  const asker = new Server(open());
  const what = 'the kubeconfig as it is';
  add({ whoAmIAsSent: await askWho(asker, what, signal, note) });
  return evidence;
}
