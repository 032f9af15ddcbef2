import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { known, offlineEvidence, unknown } from '../../src/authentication/evidence.ts';
import { explainAuthentication } from '../../src/authentication/explain.ts';
import { readServerWords } from '../../src/authentication/serverWords.ts';
import { classifyToken } from '../../src/token/classify.ts';
import { allBehaviours, does, since, type Behaviour } from '../../src/versions.ts';
import { releases } from '../versions/all.ts';
import type { ReviewRecord, ServerRecord } from '../versions/record.ts';

/** What `npm run versions -- --record` has kept of real servers. */
const folder = new URL('../fixtures/servers/', import.meta.url);
const servers = readdirSync(folder).map(
  (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as ServerRecord,
);

describe.each(servers.map((server) => [server.version, server] as const))(
  'on a server of %s',
  (_, server) => {
    it('each statement of the table of versions is what was seen', () => {
      const stated = Object.keys(server.statements).map((name) => [
        name,
        does(server.minor, name as Behaviour),
      ]);
      expect(Object.fromEntries(stated)).toEqual(server.statements);
    });

    it('SelfSubjectReview is served from the version on that its words name', () => {
      const isServed = server.served['apis/authentication.k8s.io/v1']?.includes('selfsubjectreviews');
      expect(isServed).toBe(server.minor >= Number(since('serves SelfSubjectReview').slice(2)));
    });

    it('every staged cause was explained as the server judged it', () => {
      expect(server.reviews.length).toBeGreaterThan(45);
      expect(server.reviews.filter(({ differences }) => differences !== undefined)).toEqual([]);
    });

    const refused = server.reviews.filter(({ server: said, token }) => said !== 'accepted' && token);
    it.each(refused.map((review) => [review.name, review] as const))(
      'its words for “%s” lead to the cause that was found by its objects',
      async (_name, review) => {
        const { server: error, cause, token: decoded } = review;
        if (!decoded) throw new Error('A text that is no token has no claims.');
        const words = readServerWords(error, classifyToken(decoded), server.minor);
        expect(words).toBeDefined();
        const { outcome, causes } = await explainAuthentication(evidenceOf(server, review), review.time);
        expect(outcome).toBe('refused');
        if (words?.isNotMine === true) return; // No authenticator took it for its own: they say nothing of why.
        const said = IN_WORDS[cause] ?? cause;
        expect(words?.causes).toContain(said);
        expect(causes.map(({ id }) => id)).toContain(said);
      },
    );

    const accepted = server.reviews.filter(({ server: said }) => said === 'accepted');
    it.each(accepted.map((review) => [review.name, review] as const))(
      'its word that “%s” is good counts',
      async (_name, review) => {
        const { outcome } = await explainAuthentication(evidenceOf(server, review), review.time);
        expect(outcome).toBe('accepted');
      },
    );
  },
);

it('every version that npm run versions tries is among them, with every statement tried on it', async () => {
  const found = servers.map(({ version }) => version).toSorted();
  expect(found).toEqual((await releases()).toSorted());
  for (const { statements } of servers) {
    expect(Object.keys(statements).toSorted()).toEqual(allBehaviours().toSorted());
  }
});

/** What the server's words say of a cause that only its objects tell. */
const IN_WORDS: Readonly<Record<string, string>> = {
  'stale-file': 'expired',
  'never-filled': 'stored-token-differs',
};

/** What a token says, and the server's own words: nothing else is known. */
function evidenceOf({ minor }: ServerRecord, { token, server: said, time }: ReviewRecord) {
  const isAccepted = said === 'accepted';
  const review = { authenticated: isAccepted, username: undefined, error: isAccepted ? undefined : said };
  return {
    ...offlineEvidence('', { claims: token }),
    minorVersion: known(minor, 'GET /version'),
    serverTime: known({ time, measuredAt: time }, 'header Date'),
    review: known(review, 'TokenReview'),
    whoAmI: unknown('it was not asked'),
  };
}
