import { describe, expect, it } from 'vitest';
import { looksLikeAuditLog } from '../../../src/audit/looksLike.ts';
import { lastPlace, secretIn, seenInFull, seenInWords, type Seen } from '../../../src/audit/seen.ts';
import { boundTo, counted, elsewhereOf, fromOf, placeRow, when } from '../../../src/audit/summaryWords.ts';
import { localTime } from '../../../src/token/localTime.ts';
import { account, now, place, span, token } from '../../support/texts/auditUses.ts';

describe('what was seen is said', () => {
  const seen = (more: Partial<Seen>): Seen => ({ ...span(1, now - 60), places: [], ...more });

  it.each([
    [seen({}), 'seen 1 min ago', 'once, last 1 min ago'],
    [seen({ count: 1234 }), 'seen 1 min ago', '1,234 times, last 1 min ago'],
    [seen({ last: 0 }), 'seen', 'once'],
    [seen({ last: 0, places: [place({ last: 0 })] }), 'seen from 10.0.0.1', 'once, from 10.0.0.1'],
    [seen({ places: [place({ last: 5 })] }), 'seen 1 min ago', 'once, last 1 min ago'],
    [
      seen({
        last: now - 59.6,
        places: [place({ last: 5, address: 'a' }), place({ last: now - 59.6, agent: 'x/1' })],
      }),
      'seen 1 min ago from 10.0.0.1',
      'once, last 1 min ago from 10.0.0.1 by x/1 and from 1 other address',
    ],
    [
      seen({
        places: [
          place({ last: now - 60, address: '' }),
          place({ address: 'a' }),
          place({ address: 'b' }),
          place({ address: 'a' }),
        ],
      }),
      'seen 1 min ago',
      'once, last 1 min ago and from 2 other addresses',
    ],
  ])('with when, from where and by what, as far as that is told: case %#', (one, short, full) => {
    expect([seenInWords(one, now), seenInFull(one, now)]).toEqual([short, full]);
  });

  it('of a Secret where it was used', () => {
    const secret = { name: 's', isListed: false, places: [], ...span(1) };
    const use = account({ secrets: [{ ...secret, name: 'other' }, secret] });
    expect(secretIn({ log: 'audit.log', use }, 's')).toEqual({ log: 'audit.log', use: secret });
    expect(secretIn({ log: 'audit.log', use }, 'x')).toBeUndefined();
    expect(lastPlace({ ...span(1, 5), places: [place({ last: 4 })] })).toBeUndefined();
  });
});

describe('words of a summary', () => {
  it('count', () => {
    expect([counted(1, 'request'), counted(0, 'request'), counted(12_345, 'entry', 'entries')]).toEqual([
      '1 request',
      '0 requests',
      '12,345 entries',
    ]);
    expect([elsewhereOf(0), elsewhereOf(1), elsewhereOf(2)]).toEqual([
      [],
      ['1 request from more places than are kept'],
      ['2 requests from more places than are kept'],
    ]);
  });

  it('say when', () => {
    expect(when(0, now)).toBe('not told when');
    expect(when(now - 59.6, now)).toBe(`1 min ago, ${localTime(now - 59.6)}`);
  });

  it.each([
    [[], 0, 'not told'],
    [[''], 5, 'not told'],
    [['a'], 0, 'a'],
    [['a', 'a', '', 'b'], 0, 'a, b'],
    [['a', 'b'], 1, 'a, b and perhaps others'],
    [['a', 'b', 'c'], 0, 'a, b and 1 more'],
    [['a', 'b', 'c', 'd'], 1, 'a, b and at least 2 more'],
  ])('say from where: %j, and %d from elsewhere', (addresses, elsewhere, words) => {
    expect(
      fromOf(
        addresses.map((address) => place({ address })),
        elsewhere,
      ),
    ).toBe(words);
  });

  it.each([
    [place({ address: '', count: 1234, last: 0 }), ['not told', 'not told', '–', '1,234', 'not told when']],
    [
      place({ agent: 'x/1', pod: 'p', node: 'n', last: 0 }),
      ['10.0.0.1 (away from its Pod)', 'x/1', 'Pod p on Node n', '1', 'not told when'],
    ],
    [
      place({ forwarded: 'f', node: 'n', last: now }),
      ['10.0.0.1 (said to be for f, away from its Pod)', 'not told', 'Node n', '1', when(now, now)],
    ],
    [place({ address: 'b', pod: 'p', last: 0 }), ['b', 'not told', 'Pod p', '1', 'not told when']],
  ])('say what of a place is told: case %#', (one, cells) => {
    expect(placeRow(now, ['10.0.0.1'])(one)).toEqual(cells);
  });

  it('say what a token is bound to', () => {
    const issued = { at: 0, by: '', address: '', agent: '', boundTo: 'Secret s', life: undefined };
    expect([
      boundTo(token({ pod: 'p' })),
      boundTo(token({ pod: 'p', node: 'n', issued })),
      boundTo(token({ issued })),
      boundTo(token({ issued: { ...issued, boundTo: undefined } })),
      boundTo(token({})),
      boundTo(token({ used: undefined })),
      boundTo(token({ node: 'n' })),
      boundTo(token({ node: 'n', used: undefined })),
    ]).toEqual(['Pod p', 'Pod p on n', 'Secret s', 'no Pod', 'no Pod', 'not told', 'Node n', 'Node n']);
  });
});

describe('the beginning of an audit log', () => {
  it.each([
    ['"apiVersion":"audit.k8s.io/v1","kind":"Event"', true],
    ['"kind" : "EventList", "apiVersion" : "audit.k8s.io/v1"', true],
    [String.raw`\\\"kind\\\":\\\"Event\\\",\\\"apiVersion\\\":\\\"audit.k8s.io/v1\\\"`, true],
    ['"kind":"Events","apiVersion":"audit.k8s.io/v1"', false],
    ['"kind":"Event","apiVersion":"auditxk8sxio/v1"', false],
    ['"kind":"Event","apiVersion":"x.audit.k8s.io/v1"', false],
    ['"apiVersion":"audit.k8s.io/v1"', false],
    ['"AuditId" : "a", "RequestUri":', true],
    ['"AuditId":"a"', false],
    ['"RequestUri":"a"', false],
    ['"methodName" : "io.k8s.x', true],
    ['"methodName":"io.k8sx', false],
    ['"methodName":"x.io.k8s.', false],
  ])('is told by its fields: %s', (text, is) => {
    expect(looksLikeAuditLog(text)).toBe(is);
  });
});
