import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { classifyToken } from '../../src/token/classify.ts';
import { decodeToken } from '../../src/token/decode.ts';
import { describeToken } from '../../src/token/describe.ts';
import { grantOf } from '../../src/token/grant.ts';
import { externalSigner, otherRules } from '../support/cluster/accountRules.ts';
import { sendingTo } from '../support/cluster/agreedSending.ts';
import {
  claimsOf,
  differencesOn,
  ofPod,
  requested,
  signed,
  signingKeyOf,
  type Configured,
  type Staged,
} from '../support/cluster/configured.ts';
import { explainOn } from '../support/cluster/judge.ts';
import { providerAndWebhook, structuredAuthentication } from '../support/cluster/otherAuthenticators.ts';
import { now } from '../support/cluster/stage.ts';

const MINUTES = 180_000;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'configurations-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** What is staged on a server of its own for the tests of one suite. */
function staged<T extends Staged>(stage: (folder: string) => Promise<T>): () => T {
  let made: T | undefined;
  const its = (): T => {
    if (!made) throw new Error('Nothing is staged yet.');
    return made;
  };
  beforeAll(async () => {
    made = await stage(folder);
  }, MINUTES);
  afterAll(async () => {
    await made?.stop();
  });
  it('agrees with the server, or says what is missing', async () => {
    expect(await differencesOn(its())).toEqual([]);
  });
  return its;
}

describe('with another issuer by structured authentication, bootstrap tokens, and anonymous requests to some paths', () => {
  const its = staged(structuredAuthentication);

  it('says that a request without a token is refused there', async () => {
    const { cluster } = its();
    const answers = [await statusOf(cluster, '/livez'), await statusOf(cluster, '/api')];
    expect(answers).toEqual([200, 401]);
    const [{ steps }] = await explainOn(cluster.people.administrator, ' ');
    expect(steps[0]?.finding).toMatch(/only some paths/);
  });
});

async function statusOf({ server, caFile }: Configured, path: string): Promise<number> {
  const dispatcher = new Agent({ connect: { ca: await readFile(caFile, 'utf8') } });
  try {
    const { statusCode, body } = await request(`${server}${path}`, { dispatcher });
    await body.dump();
    return statusCode;
  } finally {
    await dispatcher.close();
  }
}

describe('with an OpenID provider by flags, a webhook, and no anonymous requests', () => {
  const its = staged(providerAndWebhook);

  it('says who may have accepted what its own checks refuse, once the server has', async () => {
    const { cluster, known } = its();
    const expired = { ...claimsOf(await requested(cluster)), exp: now() - 3600 };
    const token = await signed(expired, await signingKeyOf(cluster), 'x');
    known.set(token, 'alice');
    const { administrator } = cluster.people;
    const [{ outcome, headline }] = await explainOn(administrator, token, sendingTo(administrator, token));
    expect(outcome).toBe('accepted');
    expect(headline).toMatch(/another authenticator/);
    expect(headline).not.toMatch(/seconds/);
  });
});

describe('with other rules for ServiceAccount tokens: no look-up, no extension, a cap, several issuers, other audiences, ES256', () => {
  const its = staged(otherRules);

  it('tells the life that was granted', async () => {
    const { cluster } = its();
    const pods = await ofPod(cluster, 'lives', { expirationSeconds: 3607 });
    expect(grantOf(pods, 3607).is).toBe('as-asked');
    const long = await requested(cluster, 'default', { expirationSeconds: 86_400 });
    expect(grantOf(long, 86_400)).toMatchObject({ is: 'shortened', seconds: 7200 });
  });
});

describe('with an external signer that keeps a key to itself and lets no token live beyond four hours', () => {
  const its = staged(externalSigner);

  it('tells that a Pod’s token is extended to what the signer allows, and not to a year', async () => {
    const { cluster } = its();
    const token = await ofPod(cluster, 'lives', { expirationSeconds: 3607 });
    const grant = grantOf(token, 3607);
    expect(grant).toMatchObject({ is: 'extended', seconds: 4 * 3600 });
    expect(grant.text).not.toContain('year');
    const decoded = decodeToken(token);
    if (!decoded) throw new Error('The server made no token.');
    const { advice } = describeToken(classifyToken(decoded), {
      now: now(),
      encoding: 'raw',
      length: token.length,
      inKubeconfig: false,
      localTime: String,
    });
    expect(advice.map(({ text }) => text).join(' ')).toMatch(/Extended to 4 h/);
  });
});
