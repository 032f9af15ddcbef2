import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyToken, type Token } from '../../../src/token/classify.ts';
import {
  datedVerdict,
  describeToken,
  ownerInWords,
  verdict,
  verdictChanges,
  type DescribeOptions,
  type Description,
} from '../../../src/token/describe.ts';
import { lifeOf, nextPhase } from '../../../src/token/life.ts';
import { localTime } from '../../../src/token/localTime.ts';
import { boundClaims, legacyClaims } from '../../support/tokens.ts';

const issued = 1_800_000_000;
const DAY = 86_400;
const YEAR = 365 * DAY;
const EKS = 'https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF';
const token = (claims: object, header: object = { alg: 'RS256', kid: 'key-1' }): Token =>
  classifyToken({ header: { ...header }, claims: { ...claims } });
const told = (one: Token, more: Partial<DescribeOptions> = {}): Description =>
  describeToken(one, {
    now: issued + 60,
    encoding: 'raw',
    length: 1000,
    inKubeconfig: false,
    localTime: (seconds) => `local ${seconds}`,
    ...more,
  });
const adviceOf = (one: Token, more: Partial<DescribeOptions> = {}): readonly object[] =>
  told(one, more).advice;

const pod = { pod: { name: 'p', uid: 'u' } };
const extended = token(
  boundClaims({ ...pod, node: { name: 'n', uid: 'nu' }, warnafter: issued + 3607 }, { exp: issued + YEAR }),
);
const legacy = token(legacyClaims());

describe('all that is told', () => {
  it('of a Pod’s token that was extended', () => {
    expect(told(extended)).toEqual({
      headline: 'Pod-bound token of kube-system/mycontroller — expires in 365 d, or with its Pod',
      rows: [
        ['Bound to', 'Pod kube-system/p on n · ends with it'],
        ['Expires', 'local 1831536000 · in 365 d'],
        ['Not\u00A0before', 'local 1800000000 · 1 min ago'],
        ['Warn\u00A0after', 'local 1800003607 · in 59 min'],
        ['Audience', 'https://kubernetes.default.svc.cluster.local (its issuer)'],
        ['Token', 'eyJ••• (1000 characters) · id 6d0d5ed4… · key key-1'],
      ],
      advice: [
        {
          text: 'Extended to one year for old clients: its Pod gets a new one about every 48 min, so read the file again.',
        },
      ],
    });
  });

  it('of a legacy token', () => {
    expect(told(legacy)).toEqual({
      headline: 'Legacy token of kube-system/mycontroller — never expires',
      rows: [
        ['Secret', 'kube-system/mycontroller-token · deleting it revokes the token'],
        ['Issuer', 'kubernetes/serviceaccount'],
        ['Token', 'eyJ••• (1000 characters) · key key-1'],
      ],
      advice: [
        {
          text: 'To rotate it, create a token Secret under a new name: the old name gives the same token.',
          told: 'never-expires-in-git',
        },
      ],
    });
    const unnamed = token(legacyClaims({ 'kubernetes.io/serviceaccount/secret.name': undefined }));
    expect(told(unnamed).rows.map(([label]) => label)).toEqual(['Issuer', 'Token']);
  });

  it('of a JWT of somebody else', () => {
    const other = token(
      { iss: 'https://idp.example', sub: 'alice', aud: ['a', 'https://idp.example'], nbf: issued, iat: 5 },
      {},
    );
    expect(told(other)).toEqual({
      headline: 'JWT of issuer https://idp.example — never expires',
      rows: [
        ['Subject', 'alice'],
        ['Expires', 'never'],
        ['Not\u00A0before', 'local 1800000000 · 1 min ago'],
        ['Issued', 'local 5 · 57 years ago'],
        ['Audience', 'a, https://idp.example'],
        ['Issuer', 'https://idp.example'],
        ['Token', 'eyJ••• (1000 characters)'],
      ],
      advice: [],
    });
  });

  it('of an extended token of Amazon EKS, with the end that EKS gives it', () => {
    const times = { exp: issued + YEAR, iss: EKS, aud: ['https://kubernetes.default.svc'] };
    const { headline, rows, advice } = told(token(boundClaims({ warnafter: issued + 3607 }, times)));
    expect(headline).toBe('Bound token of kube-system/mycontroller — expires in 90 d');
    expect(rows.slice(1, 3)).toEqual([
      ['Expires', 'local 1831536000 · in 365 d'],
      ['Ends', 'local 1807776000 · in 90 d · Amazon EKS refuses it 90 days after it was issued'],
    ]);
    expect(rows).toContainEqual(['Issuer', `${EKS} (an Amazon EKS cluster)`]);
    expect(advice[0]?.text).toMatch(
      /^Extended for old clients, though Amazon EKS refuses it 90 days after it was issued: /,
    );
  });

  it('of a token for a webhook, and of one that another program signed', () => {
    const webhook = token(
      boundClaims({
        mutatingwebhookconfiguration: { name: 'policies' },
        attestations: { admissionReviewAPIGroups: ['apps', 'batch'] },
      }),
      { alg: 'ES256', typ: 'JWT' },
    );
    const { rows, advice } = told(webhook);
    expect(rows[0]).toEqual(['Bound to', 'MutatingWebhookConfiguration policies · ends with it']);
    expect(rows.slice(-2)).toEqual([
      ['Attests', 'apps, batch'],
      ['Token', 'eyJ••• (1000 characters) · id 6d0d5ed4… · signed by an external signer'],
    ]);
    expect(advice).toEqual([
      { text: 'It proves the API server to an admission webhook; the API server itself does not accept it.' },
    ]);
  });
});

describe('the first line', () => {
  const kindOf = (length: number): string | undefined =>
    told(token({ iss: 'i'.repeat(length - 'JWT of issuer '.length) })).headline.split(' — ')[0];

  it('cuts a kind and owner that would hide the verdict', () => {
    expect(kindOf(96)).toBe(`JWT of issuer ${'i'.repeat(82)}`);
    expect(kindOf(97)).toBe(`JWT of issuer ${'i'.repeat(78)}…`);
  });

  it('names what may end a token sooner, while its time is not over', () => {
    const ofPod = token(boundClaims(pod));
    const end = (one: Token, more?: Partial<DescribeOptions>): string | undefined =>
      told(one, more).headline.split(' — ')[1];
    expect(end(ofPod, { now: issued + 3500 })).toBe('expires in 1 min 40 s, or with its Pod');
    expect(end(ofPod, { now: issued + 9000 })).toBe('expired 1 h 30 min ago');
    expect(end(ofPod, { now: issued - 9000 })).toBe('not valid yet, valid in 2 h 30 min');
    expect(end(ofPod, { ended: 'its Pod is gone' })).toBe('its Pod is gone');
    expect(end(extended, { now: issued + 7300 })).toBe('expires in 365 d, was to be renewed 1 h 2 min ago');
    expect(end(token(boundClaims({ secret: { name: 's' } })))).toBe('expires in 59 min, or with its Secret');
  });

  it('says whose it is, in short', () => {
    expect(ownerInWords(legacy)).toBe('kube-system/mycontroller');
    expect(ownerInWords(extended)).toBe('kube-system/mycontroller');
    expect(ownerInWords(token({}))).toBe('JWT');
  });
});

describe('ids', () => {
  it.each([
    ['abcdefghijkl', 'abcdefghijkl'],
    ['abcdefghijklm', 'abcdefgh…'],
  ])('are told at a glance: %s', (id, short) => {
    const { rows } = told(token({ jti: id }, { kid: id }));
    expect(rows.at(-1)?.[1]).toBe(`eyJ••• (1000 characters) · id ${short} · key ${short}`);
  });
});

describe('advice', () => {
  it('on how a token is encoded says what to do before it is sent', () => {
    const plain = token(boundClaims());
    expect(adviceOf(plain, { encoding: 'base64' })).toEqual([
      { text: 'Base64-encoded once here: decode it before sending it.', told: 'encoded-in' },
    ]);
    expect(adviceOf(plain, { encoding: 'base64-twice' })).toEqual([
      { text: 'Base64-encoded twice here: decode it twice before sending it.', told: 'encoded-in' },
    ]);
    expect(adviceOf(plain, { encoding: 'base64', isWithin: true })).toEqual([
      { text: 'It lies within base64 of a longer text, as of a whole kubeconfig.' },
    ]);
    expect(adviceOf(plain, { encoding: 'base64-twice', isWithin: true })).toEqual([
      { text: 'It lies within base64 of a text that is base64, or has some in it.' },
    ]);
    expect(adviceOf(plain, { isWithin: true })).toEqual([]);
  });

  it('on a Pod’s token in a kubeconfig is given while it lives', () => {
    const ofPod = token(boundClaims(pod));
    expect(adviceOf(ofPod, { inKubeconfig: true })).toEqual([
      {
        text: 'This kubeconfig stops working when the Pod is deleted. Use a token Secret, or a token requested on purpose.',
        told: 'pod-bound-in-kubeconfig',
      },
    ]);
    expect(adviceOf(token(boundClaims({ secret: { name: 's' } })), { inKubeconfig: true })).toEqual([]);
    expect(adviceOf(legacy, { inKubeconfig: true })).toHaveLength(1);
    expect(adviceOf(extended, { inKubeconfig: true, ended: 'its Pod is gone' })).toEqual([]);
  });

  it('on whom a token is for names him, as far as there is room', () => {
    const forWhom = (aud: unknown): readonly object[] => adviceOf(token(boundClaims({}, { aud })));
    const refused = (who: string): object => ({
      text: `It is for ${who}: an API server refuses it, unless it has that audience (--api-audiences).`,
      told: 'audience',
    });
    expect(forWhom('v'.repeat(60))).toEqual([refused('v'.repeat(60))]);
    expect(forWhom('v'.repeat(61))).toEqual([refused(`${'v'.repeat(56)}…`)]);
    expect(forWhom(['sts.amazonaws.com', 'vault'])).toEqual([refused('sts.amazonaws.com, vault')]);
    expect(forWhom('sigstore')).toEqual([
      { text: 'It is for Sigstore: the API server does not accept it.', told: 'audience' },
    ]);
    expect(told(token(boundClaims({}, { aud: 'sigstore' }))).rows).toContainEqual([
      'Audience',
      'sigstore (Sigstore)',
    ]);
  });

  it('on an extended token says how long it lives, as far as its times tell', () => {
    const life = (times: object): string | undefined =>
      told(token(boundClaims({ warnafter: issued + 3607 }, times))).advice[0]?.text.split(':')[0];
    expect(life({ exp: issued + YEAR })).toBe('Extended to one year for old clients');
    expect(life({ exp: issued + 7200 })).toBe('Extended to 2 h for old clients');
    expect(life({ exp: undefined })).toBe('Extended for old clients');
    expect(life({ iat: undefined })).toBe('Extended for old clients');
  });
});

describe('a verdict', () => {
  const late = issued + 1000 * DAY;
  const exp = token(boundClaims({}, { nbf: undefined, iat: undefined, exp: issued }));
  const nbf = token(boundClaims({}, { nbf: issued, iat: undefined, exp: late }));
  const iat = token(boundClaims({}, { nbf: undefined, iat: issued, exp: late }));
  const stale = token(boundClaims({ warnafter: issued }, { nbf: undefined, iat: undefined, exp: late }));
  const endless = token(boundClaims({}, { nbf: issued, iat: undefined, exp: undefined }));

  it('on a token of the future says from when it is valid, or that a clock is wrong', () => {
    expect(verdict(iat, issued - 300)).toBe('issued in the future (in 5 min): a clock is wrong');
    expect(verdict(nbf, issued - 60)).toBe('not valid yet, valid in 1 min, accepted already');
    expect(verdict(nbf, issued - 61)).toBe('not valid yet, valid in 1 min 1 s');
  });

  it('that is kept names the date that it is about', () => {
    expect(datedVerdict(nbf, issued - 300)).toBe(`not valid yet, valid in 5 min (${localTime(issued)})`);
    expect(datedVerdict(iat, issued - 300)).toBe(`${verdict(iat, issued - 300)} (${localTime(issued)})`);
    expect(datedVerdict(exp, issued + 300)).toBe(`expired 5 min ago (${localTime(issued)})`);
    expect(datedVerdict(endless, issued + 300)).toBe('never expires');
    expect(datedVerdict(token(legacyClaims({ exp: issued })), issued)).toBe('never expires');
  });

  it('is about the reader’s own date, time and zone', () => {
    expect(localTime(issued)).toMatch(/2027.* \d{1,2}:\d\d:\d\d.* [A-Z][\w+:-]*$/);
    expect(localTime(1e300)).toBe('no date');
  });

  it('or the phase is another at the second from which it is said to be', () => {
    const says = (one: Token, now: number): unknown => [verdict(one, now), lifeOf(one, now)];
    const some = fc.constantFrom(exp, nbf, iat, stale);
    fc.assert(
      fc.property(some, fc.integer({ min: issued - 9000, max: issued + 9000 }), (one, now) => {
        const next = verdictChanges(one, now) ?? 0;
        expect(says(one, next)).not.toEqual(says(one, next - 1));
      }),
      { numRuns: 2000 },
    );
  });

  it('that nothing can change is said never to', () => {
    expect(verdictChanges(legacy, issued)).toBeUndefined();
    expect(nextPhase(token(legacyClaims({ exp: issued + 900 })), issued)).toBeUndefined();
    expect(nextPhase(exp, issued + 61)).toBeUndefined();
    expect(verdictChanges(endless, issued + 61)).toBeUndefined();
  });

  it.each([
    [exp, issued - 700, issued - 600],
    [exp, issued - 600, issued + 1],
    [exp, issued + 1, issued + 61],
    [nbf, issued - 70, issued - 60],
    [nbf, issued - 60, issued],
    [iat, issued - 70, issued - 60],
    [iat, issued - 60, late - 600],
    [stale, issued - 60, issued + 1],
  ])('changes its phase when it is said to: case %#', (one, now, next) => {
    expect(nextPhase(one, now)).toBe(next);
  });
});
