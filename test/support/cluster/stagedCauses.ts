import { setTimeout as sleep } from 'node:timers/promises';
import type { Behaviour } from '../../../src/versions.ts';
import {
  account,
  base,
  boundTo,
  changed,
  claimsOf,
  create,
  legacyOf,
  NAMESPACE,
  now,
  pod,
  remove,
  requested,
  send,
  signed,
  stranger,
} from './stage.ts';

/** A token that a server refuses for one reason (or accepts), and how it comes about. */
export type StagedCase = [
  name: string,
  stage: () => Promise<string>,
  more?: {
    /** Makes the token at the last moment, where seconds count. */
    readonly late?: () => Promise<string>;
    /** It is made once: its objects have names of their own. */
    readonly isOnce?: boolean;
    /** No read can tell this one: the server has to be heard. */
    readonly asksReview?: boolean;
    /** Without this, a server issues no such token. */
    readonly needs?: Behaviour;
  },
];

/** Waits for the beginning of a second, so that what has a second left has nearly all of it. */
async function newSecond(): Promise<void> {
  await sleep(1000 - (Date.now() % 1000));
}

const nothing = async (): Promise<string> => await Promise.resolve('');

/** In milliseconds: what is being deleted is dead after 60 s, and a cached success after 10. */
export const WAIT = 64_000;

/** Staged side by side, so that one wait serves all that need more than 60 seconds to be dead. */
export const cases: StagedCase[] = [
  ['unbound, good', async () => await requested('default')],
  ['Pod-bound, good', async () => (await pod('good'), await boundTo('Pod', 'good'))],
  [
    'extended to a year',
    async () => (
      await pod('extended'),
      await requested('default', {
        expirationSeconds: 3607,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'extended' },
      })
    ),
  ],
  ['without key id', async () => await changed({}, { kid: undefined })],
  ['without audience', async () => await changed({ aud: undefined })],
  ['base64', async () => btoa(await requested('default'))],
  ['quoted', async () => `"${await requested('default')}"`],
  ['with Bearer', async () => `Bearer ${await requested('default')}`],
  ['cut', async () => (await requested('default')).slice(0, 200)],
  ['signature cut', async () => (await requested('default')).slice(0, -40)],
  [
    'OIDC token',
    async () =>
      await signed({ iss: 'https://accounts.example.com', sub: 'alice' }, { kid: 'x' }, stranger.privateKey),
  ],
  ['other cluster', async () => await changed({ iss: 'https://other' }, { kid: 'x' }, stranger.privateKey)],
  ['issuer dropped', async () => await changed({ iss: 'https://old' }), { asksReview: true }],
  [
    'same issuer, other cluster',
    async () =>
      await changed(
        { 'kubernetes.io': { namespace: NAMESPACE, serviceaccount: { name: 'default', uid: 'another' } } },
        { kid: 'x' },
        stranger.privateKey,
      ),
  ],
  ['key rotated', async () => await changed({}, { kid: 'x' }, stranger.privateKey)],
  ['forged', async () => await changed({}, {}, stranger.privateKey)],
  ['expired 59 s', nothing, { late: async () => (await newSecond(), await changed({ exp: now() - 59 })) }],
  ['expired 61 s', nothing, { late: async () => await changed({ exp: now() - 61 }) }],
  ['valid in 57 s', nothing, { late: async () => await changed({ nbf: now() + 57, exp: now() + 999 }) }],
  ['valid in 66 s', nothing, { late: async () => await changed({ nbf: now() + 66, exp: now() + 999 }) }],
  ['issued in the future', nothing, { late: async () => await changed({ iat: now() + 90, nbf: now() }) }],
  ['wrong audience', async () => await requested('default', { audiences: ['vault'] })],
  ['wrong audience, expired too', async () => await changed({ aud: ['vault', 'sts'], exp: 1000 })],
  [
    'ServiceAccount gone',
    async () => {
      await account('gone');
      const token = await requested('gone');
      await remove('serviceaccounts', 'gone');
      return token;
    },
  ],
  [
    'ServiceAccount re-created',
    async () => {
      await account('again');
      const token = await requested('again');
      await remove('serviceaccounts', 'again');
      await account('again');
      return token;
    },
  ],
  [
    'ServiceAccount within its grace',
    nothing,
    {
      isOnce: true,
      late: async () => {
        await account('going', { finalizers: ['example.com/held'] });
        const token = await requested('going');
        await remove('serviceaccounts', 'going');
        return token;
      },
    },
  ],
  [
    'ServiceAccount terminating',
    async () => {
      await account('ending', { finalizers: ['example.com/held'] });
      const token = await requested('ending');
      await remove('serviceaccounts', 'ending');
      return token;
    },
  ],
  [
    'Pod gone',
    async () => {
      await pod('gone');
      const token = await boundTo('Pod', 'gone');
      await remove('pods', 'gone');
      return token;
    },
  ],
  [
    'Pod re-created',
    async () => {
      await pod('again');
      const token = await boundTo('Pod', 'again');
      await remove('pods', 'again');
      await pod('again');
      return token;
    },
  ],
  [
    'Pod within its grace',
    nothing,
    {
      isOnce: true,
      late: async () => {
        await pod('going', { finalizers: ['example.com/held'] });
        const token = await boundTo('Pod', 'going');
        await remove('pods', 'going');
        return token;
      },
    },
  ],
  [
    'Pod terminating',
    async () => {
      await pod('ending', { finalizers: ['example.com/held'] });
      const token = await boundTo('Pod', 'ending');
      await remove('pods', 'ending');
      return token;
    },
  ],
  [
    'Pod-bound, stale file',
    async () => await pod('stale'),
    {
      late: async () => await signed({ ...claimsOf(await boundTo('Pod', 'stale')), exp: now() - 100 }),
    },
  ],
  ['Secret-bound, good', async () => (await create('secrets', 'anchor'), await boundTo('Secret', 'anchor'))],
  [
    'Secret-bound, gone',
    async () => {
      await create('secrets', 'anchor-gone');
      const token = await boundTo('Secret', 'anchor-gone');
      await remove('secrets', 'anchor-gone');
      return token;
    },
  ],
  [
    'Secret-bound, re-created',
    async () => {
      await create('secrets', 'anchor-again');
      const token = await boundTo('Secret', 'anchor-again');
      await remove('secrets', 'anchor-again');
      await create('secrets', 'anchor-again');
      return token;
    },
  ],
  [
    'Node-bound, good',
    async () => {
      await send('POST', '/api/v1/nodes', { metadata: { name: 'node-1' } });
      return await boundTo('Node', 'node-1');
    },
    { needs: 'binds tokens to Nodes' },
  ],
  [
    'Node-bound, gone',
    async () => {
      await send('POST', '/api/v1/nodes', { metadata: { name: 'node-2' } });
      const token = await boundTo('Node', 'node-2');
      await send('DELETE', '/api/v1/nodes/node-2');
      return token;
    },
    { needs: 'binds tokens to Nodes' },
  ],
  [
    'Node-bound, registered again',
    async () => {
      await send('POST', '/api/v1/nodes', { metadata: { name: 'node-3' } });
      const token = await boundTo('Node', 'node-3');
      await send('DELETE', '/api/v1/nodes/node-3');
      await send('POST', '/api/v1/nodes', { metadata: { name: 'node-3' } });
      return token;
    },
    { needs: 'binds tokens to Nodes' },
  ],
  [
    'webhook-bound, gate off',
    async () =>
      await changed({
        'kubernetes.io': {
          namespace: NAMESPACE,
          serviceaccount: {
            name: 'default',
            uid: (await send('GET', `${base}/serviceaccounts/default`)).metadata.uid,
          },
          validatingwebhookconfiguration: { name: 'w', uid: 'u' },
        },
      }),
    { asksReview: true },
  ],
  ['legacy, good', async () => await legacyOf('legacy-good', 'legacy-good', await account('legacy-good'))],
  [
    'legacy, Secret gone',
    async () => {
      const token = await legacyOf('legacy-gone', 'legacy-a', await account('legacy-a'));
      await remove('secrets', 'legacy-gone');
      return token;
    },
  ],
  [
    'legacy, Secret terminating',
    async () => {
      const token = await legacyOf('legacy-held', 'legacy-b', await account('legacy-b'), {
        meta: { finalizers: ['example.com/held'] },
      });
      await remove('secrets', 'legacy-held');
      return token;
    },
  ],
  [
    'legacy, other copy',
    async () => await legacyOf('legacy-other', 'legacy-c', await account('legacy-c'), { stored: 'another' }),
  ],
  [
    'legacy, never filled',
    async () => await legacyOf('legacy-empty', 'legacy-d', await account('legacy-d'), { stored: '' }),
  ],
  [
    'legacy, same signature in other letters',
    async () => {
      const token = await legacyOf('legacy-bits', 'legacy-e', await account('legacy-e'));
      const last = token.at(-1) ?? '';
      return token.slice(0, -1) + String.fromCharCode(last.charCodeAt(0) + 1);
    },
  ],
  [
    'legacy, ServiceAccount gone',
    async () => {
      const token = await legacyOf('legacy-f', 'legacy-f', await account('legacy-f'));
      await remove('serviceaccounts', 'legacy-f');
      return token;
    },
  ],
  [
    'legacy, ServiceAccount re-created',
    async () => {
      const token = await legacyOf('legacy-g', 'legacy-g', await account('legacy-g'));
      await remove('serviceaccounts', 'legacy-g');
      await account('legacy-g');
      return token;
    },
  ],
  [
    'legacy, ServiceAccount terminating',
    async () => {
      const token = await legacyOf(
        'legacy-h',
        'legacy-h',
        await account('legacy-h', { finalizers: ['example.com/held'] }),
      );
      await remove('serviceaccounts', 'legacy-h');
      return token;
    },
  ],
  [
    'legacy, marked invalid',
    async () =>
      await legacyOf('legacy-i', 'legacy-i', await account('legacy-i'), {
        meta: { labels: { 'kubernetes.io/legacy-token-invalid-since': '2026-01-01' } },
      }),
  ],
  [
    'legacy, no subject',
    async () =>
      await signed({
        ...claimsOf(await legacyOf('legacy-j', 'legacy-j', await account('legacy-j'))),
        sub: undefined,
      }),
  ],
  [
    'legacy, another subject',
    async () =>
      await signed({
        ...claimsOf(await legacyOf('legacy-k', 'legacy-k', await account('legacy-k'))),
        sub: 'system:serviceaccount:a:b',
      }),
  ],
];
