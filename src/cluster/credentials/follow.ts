import { OWNER_ANNOTATION, OWNER_UID_ANNOTATION } from '../../kubernetes.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../errors.ts';
import type { FillState } from '../api/credentials.ts';
import type { ObjectRef } from '../api/objects.ts';
import type { Server } from '../connect/server.ts';
import { field, text } from '../read/json.ts';
import { metadataRequest, needOf, SERVICE_ACCOUNTS, TOKEN_SECRETS, watchRequest } from '../read/kinds.ts';
import { filledKeys, keysWithData, mentionsImmutable, missingKeys } from '../read/objects.ts';
import { readSecret } from './tokenSecrets.ts';

/** A working controller fills a Secret within a second or two. */
const SLOW_AFTER = 10_000;
/** Where watching is not allowed, the metadata is read this often instead. */
const POLL_EVERY = 1000;
const WATCH_SECONDS = 240;
const SLOW_HINT =
  'The token controller fills a Secret within seconds. It may not be running, or kube-controller-manager has no --service-account-private-key-file.';

/** See Cluster.followTokenSecret. Follows by metadata alone; goes on until it is filled, gone, or cancelled. */
export async function followTokenSecret(
  server: Server,
  ref: ObjectRef & { readonly serviceAccount?: string },
  onState: (state: FillState) => void,
  signal: AbortSignal,
): Promise<void> {
  const seen: Seen = { serviceAccount: ref.serviceAccount, uid: undefined };
  let last: FillState | undefined;
  let hint: { readonly hint?: string } = {};
  const report = (state: FillState): void => {
    last = state;
    onState({ ...state, ...hint });
  };
  const slow = setTimeout(() => {
    hint = { hint: SLOW_HINT };
    if (last) report(last);
  }, SLOW_AFTER);
  /** Takes in one look at the Secret; returns whether it is filled. */
  const look = async (object: unknown): Promise<boolean> => {
    noteOwner(object, seen);
    const filled = await filledOf(server, ref, object, signal);
    const missing = missingKeys(filled);
    if (missing.join() !== last?.missing.join()) report({ filled, missing });
    return missing.length === 0;
  };
  try {
    for (;;) {
      const answer = await readMetadata(server, ref, seen, signal);
      if (await look(answer)) return;
      const version = text(field(answer, 'metadata'), 'resourceVersion');
      if (await watchUntilFilled(server, ref, version, look, signal)) return;
    }
  } finally {
    clearTimeout(slow);
  }
}

interface Seen {
  serviceAccount: string | undefined;
  uid: string | undefined;
}

function noteOwner(object: unknown, seen: Seen): void {
  const annotations = field(field(object, 'metadata'), 'annotations');
  seen.serviceAccount = text(annotations, OWNER_ANNOTATION) ?? seen.serviceAccount;
  seen.uid = text(annotations, OWNER_UID_ANNOTATION) ?? seen.uid;
}

async function readMetadata(
  server: Server,
  ref: ObjectRef,
  seen: Seen,
  signal: AbortSignal,
): Promise<unknown> {
  const need = needOf('get', TOKEN_SECRETS, ref.namespace, ref.name);
  try {
    return (await server.succeed(metadataRequest(TOKEN_SECRETS, ref.namespace, ref.name), need, signal)).body;
  } catch (error) {
    if (Problem.is(error, 'not-found')) throw await whyGone(server, ref, seen, error, signal);
    throw error;
  }
}

/** Which keys are filled. Throws refused where the Secret is immutable, and so never will be. */
async function filledOf(
  server: Server,
  ref: ObjectRef,
  object: unknown,
  signal: AbortSignal,
): Promise<FillState['filled']> {
  const filled = filledKeys(object);
  if (filled !== undefined && (missingKeys(filled).length === 0 || !mentionsImmutable(object))) return filled;
  const secret = await readSecret(server, ref, signal);
  const keys = keysWithData(secret);
  if (field(secret, 'immutable') === true && missingKeys(keys).length > 0) {
    throw new Problem(
      'refused',
      `Secret ${ref.namespace}/${ref.name} is immutable, so the token controller can never fill it. Delete it and create it without "immutable: true".`,
    );
  }
  return keys;
}

/** Watches until the Secret is filled (true), or until it should be read anew (false): gone, or the watch ended. */
async function watchUntilFilled(
  server: Server,
  { namespace, name }: ObjectRef,
  resourceVersion: string | undefined,
  look: (object: unknown) => Promise<boolean>,
  signal: AbortSignal,
): Promise<boolean> {
  const query = { fieldSelector: `metadata.name=${name}`, resourceVersion, timeoutSeconds: WATCH_SECONDS };
  const need = needOf('watch', TOKEN_SECRETS, namespace, name);
  try {
    const watch = server.stream(
      watchRequest(TOKEN_SECRETS, namespace, query),
      need,
      WATCH_SECONDS * 2000,
      signal,
    );
    for await (const event of watch) {
      const type = text(event, 'type');
      if (type === 'BOOKMARK') continue;
      if (type !== 'ADDED' && type !== 'MODIFIED') return false;
      if (await look(field(event, 'object'))) return true;
    }
  } catch (error) {
    if (!Problem.is(error, 'forbidden') && !Problem.is(error, 'unreachable')) throw error;
    await pause(signal);
  }
  return false;
}

async function pause(signal: AbortSignal): Promise<void> {
  try {
    await sleep(POLL_EVERY, undefined, { signal });
  } catch (error) {
    throw new Problem('cancelled', 'Cancelled.', { cause: error });
  }
}

/** Why a Secret that was there is gone: the token controller deletes one whose ServiceAccount it does not find (kubernetes pkg/controller/serviceaccount/tokens_controller.go). */
async function whyGone(
  server: Server,
  ref: ObjectRef,
  seen: Seen,
  error: Problem,
  signal: AbortSignal,
): Promise<Problem> {
  const secret = `Secret ${ref.namespace}/${ref.name}`;
  if (seen.serviceAccount === undefined) return error;
  const owner = `ServiceAccount ${ref.namespace}/${seen.serviceAccount}`;
  const because = (why: string): Problem => new Problem('not-found', `${secret} was deleted: ${why}`);
  const need = needOf('get', SERVICE_ACCOUNTS, ref.namespace, seen.serviceAccount);
  try {
    const request = metadataRequest(SERVICE_ACCOUNTS, ref.namespace, seen.serviceAccount);
    const { body } = await server.succeed(request, need, signal);
    const uid = text(field(body, 'metadata'), 'uid');
    return seen.uid !== undefined && seen.uid !== uid
      ? because(
          `its annotation kubernetes.io/service-account.uid (${seen.uid}) is not the uid of ${owner} (${uid ?? 'none'}), and the token controller deletes such Secrets. Leave the annotation out.`,
        )
      : because(`${owner} exists, so it was not the token controller, but someone else.`);
  } catch (failure) {
    if (Problem.is(failure, 'not-found')) {
      return because(
        `${owner} does not exist, and the token controller deletes token Secrets without one. Create the ServiceAccount first, then the Secret.`,
      );
    }
    if (Problem.is(failure, 'cancelled')) return failure;
    return because(
      `most often because its ServiceAccount does not exist. Cannot tell here: that needs the right to get serviceaccounts in namespace ${ref.namespace}.`,
    );
  }
}
