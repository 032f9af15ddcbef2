import { describe, expect, it } from 'vitest';
import {
  known,
  offlineEvidence,
  unknown,
  type Evidence,
  type Sent,
} from '../../../src/authentication/evidence.ts';
import { explainAuthentication } from '../../../src/authentication/explain.ts';
import type { Explanation } from '../../../src/authentication/explanation.ts';
import type { Certificate } from '../../../src/kubeconfig/certificate.ts';
import { janesCertificate } from '../../support/texts/evidence.ts';

const NOW = 1_800_000_000;
const certificate = janesCertificate(NOW);
const whole: Sent = {
  kind: 'certificate',
  source: 'user “jane”',
  isThisToken: true,
  hasClientCertificate: false,
  passedOver: [],
};
const asked = {
  serverTime: known({ time: NOW, measuredAt: NOW }, 'header Date'),
  clientAuthority: known(true, 'requestheader'),
} satisfies Partial<Evidence>;

const explain = async (sent: Partial<Sent>, more: Partial<Evidence> = {}): Promise<Explanation> =>
  await explainAuthentication(
    { ...offlineEvidence('', { sent: known({ ...whole, ...sent }, 'the kubeconfig') }), ...more },
    NOW,
  );
const ofCertificate = async (own: Partial<Certificate>, more: Partial<Evidence> = {}): Promise<Explanation> =>
  await explain({ certificate: { ...certificate, ...own } }, { ...asked, ...more });
/** The state of a check, and what it found. */
const found = ({ steps }: Explanation, wanted: string): readonly unknown[] => {
  const step = steps.find(({ id }) => id === wanted);
  return [step?.state, step?.finding];
};
const causes = (explanation: Explanation): string[] => explanation.causes.map(({ id }) => id);

describe('a client certificate', () => {
  it('should be accepted where each check passes, as whom it names', async () => {
    const explanation = await ofCertificate({});
    expect(explanation).toMatchObject({
      outcome: 'accepted',
      headline: 'Every check passes: the server should accept the client certificate',
      canBeAsked: true,
      causes: [],
      user: { name: 'jane', uid: '', groups: ['team', 'ops', 'system:authenticated'], extra: {} },
    });
    expect(explanation.steps.map(({ id, state }) => [id, state])).toEqual([
      ['sent', 'passed'],
      ['time', 'passed'],
      ['authority', 'passed'],
      ['user', 'passed'],
    ]);
    expect(explanation.steps[0]?.exhibits.map(({ what, value }) => [what, value])).toEqual([
      ['credential', 'user “jane”'],
      ['user (CN)', 'jane'],
      ['groups (O)', 'team, ops'],
      ['issuer', 'kubernetes'],
      ['from', '1799996400 (2027-01-15T07:00:00Z)'],
      ['until', '1800003600 (2027-01-15T09:00:00Z)'],
    ]);
  });

  it.each<[Partial<Certificate>, string, string, string]>([
    [{ notAfter: NOW - 1 }, 'time', 'certificate-expired', 'It expired'],
    [{ notBefore: NOW + 1 }, 'time', 'certificate-not-yet-valid', 'It becomes valid'],
    [{ isForClients: false }, 'authority', 'certificate-unusable', 'It is not for clients'],
    [{ commonName: undefined }, 'user', 'certificate-unusable', 'It names no user (CN)'],
  ])('is refused for what it says itself: %j', async (own, step, cause, finding) => {
    const explanation = await ofCertificate(own);
    expect(explanation.outcome).toBe('refused');
    expect(causes(explanation)).toEqual([cause]);
    expect(found(explanation, step)).toEqual(['failed', expect.stringContaining(finding)]);
    expect(explanation.steps.find(({ id }) => id === step)?.serverMessage).toMatch(/x509: |anonymous/);
    expect(explanation.headline).toBe(explanation.causes[0]?.title);
  });

  it('is within its time to the second at both its ends', async () => {
    for (const own of [{ notAfter: NOW }, { notBefore: NOW }]) {
      expect(found(await ofCertificate(own), 'time')[0]).toBe('passed');
    }
  });

  it('is refused where no authority of the server has signed it, before what it is for is looked at', async () => {
    for (const isForClients of [true, false]) {
      const explanation = await ofCertificate(
        { isForClients },
        { clientAuthority: known(false, 'requestheader') },
      );
      expect(causes(explanation)).toEqual(['certificate-other-authority']);
      expect(found(explanation, 'authority')[1]).toContain('None of the authorities');
    }
    const unseen = { clientAuthority: unknown('the cluster was not asked') };
    expect(causes(await ofCertificate({ isForClients: false }, unseen))).toEqual(['certificate-unusable']);
  });

  it.each([
    [undefined, 'Which authorities the server accepts clients of is not known', false],
    [true, 'Which authorities the server accepts clients of is not known', false],
    [false, 'The kubeconfig’s certificate-authority has not signed it', true],
  ])(
    'whose authority is not known is in doubt, and suspected where the kubeconfig’s is %s',
    async (is, finding, suspect) => {
      const sent = { certificate, isOfClusterAuthority: is };
      const explanation = await explain(sent, { serverTime: asked.serverTime });
      expect(explanation.outcome).toBe('cannot-tell');
      expect(found(explanation, 'authority')).toEqual(['cannot-tell', expect.stringContaining(finding)]);
      expect(causes(explanation)).toEqual(['certificate-other-authority']);
      expect(
        explanation.headline.startsWith('Probably the client certificate was signed by an authority'),
      ).toBe(suspect);
      const exhibits = explanation.steps.flatMap((step) => step.exhibits);
      expect(exhibits.find(({ what }) => what.startsWith('signed by'))?.value).toBe(
        is === undefined ? 'not known' : is ? 'yes' : 'no',
      );
    },
  );

  it('is in doubt where only this machine has a clock, and nobody was asked', async () => {
    const explanation = await explain({ certificate });
    expect(found(explanation, 'time')).toEqual([
      'cannot-tell',
      expect.stringContaining('by this machine’s clock; the server’s is not known'),
    ]);
    expect(explanation.headline).toBe('Nothing wrong can be seen in what is sent; no cluster was asked');
    expect((await explain({ certificate: { ...certificate, notAfter: NOW - 1 } })).headline).toBe(
      'The client certificate has expired',
    );
    const sent = { certificate, isOfClusterAuthority: false };
    expect((await explain(sent)).headline).toMatch(
      /^Probably the client certificate .*; no cluster was asked$/,
    );
  });

  it('that the server accepts has passed each check, and one that it refuses none of them alone', async () => {
    const unseen = { clientAuthority: unknown('the cluster was not asked') };
    const accepted = await ofCertificate({}, { ...unseen, whoAmIAsSent: known('jane', 'SelfSubjectReview') });
    expect(accepted).toMatchObject({
      outcome: 'accepted',
      headline: 'The server accepts the client certificate',
    });
    expect(found(accepted, 'authority')).toEqual(['passed', 'The server accepted the client certificate.']);
    expect(found(accepted, 'server')).toEqual(['passed', 'It accepts the client certificate.']);
    for (const name of [undefined, 'system:anonymous']) {
      const refused = await ofCertificate({}, { whoAmIAsSent: known(name, 'SelfSubjectReview') });
      expect(refused).toMatchObject({
        outcome: 'refused',
        headline: 'The server refuses the client certificate',
        causes: [],
      });
      expect(found(refused, 'server')).toEqual([
        'failed',
        'It refuses the client certificate, and does not say why.',
      ]);
    }
  });
});

describe('a kubeconfig that sends no token', () => {
  it.each([
    ['basic', 'https://a', true, 'refused', ['no-token']],
    ['basic', 'https://a', false, 'cannot-tell', ['gateway', 'no-token']],
    ['nothing', 'https://a', true, 'refused', ['no-token']],
    ['nothing', 'http://127.0.0.1:8001', true, 'cannot-tell', ['no-token']],
  ] as const)(
    'but %s to %s is judged by who can answer (%s): %s',
    async (kind, server, isSeen, outcome, expected) => {
      const entry = { context: 'c', cluster: 'c', server, user: 'u', problem: undefined, shadowed: [] };
      const explanation = await explain(
        { kind },
        {
          ...asked,
          entry: known(entry, 'the kubeconfig'),
          gateway: isSeen ? known(undefined, 'GET /version') : unknown('the cluster was not asked'),
        },
      );
      expect(explanation.outcome).toBe(outcome);
      expect(causes(explanation).toSorted()).toEqual(expected);
      expect(explanation.user).toBeUndefined();
    },
  );

  it('is told what the server makes of it', async () => {
    const refused = await explain(
      { kind: 'nothing' },
      { whoAmIAsSent: known('system:anonymous', 'SelfSubjectReview') },
    );
    expect(refused).toMatchObject({ outcome: 'refused', headline: 'No token is sent' });
    const entry = {
      context: 'c',
      cluster: 'c',
      server: 'http://a',
      user: 'u',
      problem: undefined,
      shadowed: [],
    };
    const proxied = async (value: string | undefined): Promise<Explanation> =>
      await explain(
        { kind: 'nothing' },
        { ...asked, entry: known(entry, 'it'), whoAmIAsSent: known(value, 'SelfSubjectReview') },
      );
    expect((await proxied('admin')).headline).toBe('The server accepts the request, with no credential');
    expect(found(await proxied('system:anonymous'), 'server')[1]).toContain(
      'It takes the request for nobody’s',
    );
    expect(found(await proxied(undefined), 'server')[1]).toContain(
      'It refuses the request, with no credential',
    );
    expect(causes(await proxied(undefined))).toEqual(['no-token']);
  });

  it('is in doubt where its program was not run, or what is sent could not be read', async () => {
    const program = await explain({ kind: 'token', isThisToken: undefined });
    expect(program).toMatchObject({
      outcome: 'cannot-tell',
      headline: 'What its program gives is not known: it was not run',
    });
    expect(causes(program)).toEqual(['another-credential']);
    const unread = await explain({ kind: 'certificate' });
    expect(found(unread, 'sent')).toEqual(['cannot-tell', expect.stringContaining('could not be read')]);
    expect(unread.outcome).toBe('cannot-tell');
  });
});
