import { describe, expect, it } from 'vitest';
import { createAuthority } from '../../../sandbox/certificates.ts';
import { certificateIn, certificatesIn, isKeyOf, isSignedBy } from '../../../src/files/certificatesIn.ts';
import {
  certificateChanges,
  certificatePhase,
  certificateVerdict,
  describeCertificate,
  type Certificate,
} from '../../../src/kubeconfig/certificate.ts';
import { judgeCertificate } from '../../../src/files/kubeconfigCertificates.ts';
import { oldCertificate } from '../../support/texts/oldCertificate.ts';

const NOW = 1_800_000_000;
const HOUR = 3600;
const DAY = 24 * HOUR;
const pem = (base64: string): string => Buffer.from(base64, 'base64').toString('latin1');

const some = (more: Partial<Certificate>): Certificate => ({
  commonName: 'jane',
  organizations: [],
  issuer: 'kubernetes',
  notBefore: NOW - DAY,
  notAfter: NOW + 30 * DAY,
  isAuthority: false,
  isForClients: true,
  fingerprint: 'f',
  ...more,
});

describe('a certificate', () => {
  it('is read for its user, groups, issuer and time', () => {
    expect(certificateIn(pem(oldCertificate()))).toMatchObject({
      commonName: 'kubernetes-admin',
      organizations: ['kubeadm:cluster-admins'],
      issuer: 'kubernetes',
      notBefore: 1_704_067_200,
      notAfter: 1_735_689_600,
      isAuthority: false,
      isForClients: true,
    });
  });

  it('is of who signed it, through those between, and not of another of the same name', async () => {
    const [one, other] = [await createAuthority('same'), await createAuthority('same')];
    const client = await one.forClient('jane', ['a', 'b']);
    expect(isSignedBy(client.certificate, one.certificate)).toBe(true);
    expect(isSignedBy(client.certificate, other.certificate + one.certificate)).toBe(true);
    expect(isSignedBy(client.certificate, other.certificate)).toBe(false);
    expect([isSignedBy('', one.certificate), isSignedBy(client.certificate, '')]).toEqual([false, false]);
    expect(
      certificatesIn(client.certificate + one.certificate).map(({ isAuthority }) => isAuthority),
    ).toEqual([false, true]);
  });

  it('is a pair with its own key alone', async () => {
    const authority = await createAuthority('one');
    const [one, other] = [await authority.forClient('a'), await authority.forClient('b')];
    expect(isKeyOf(one.key, one.certificate)).toBe(true);
    expect(isKeyOf(other.key, one.certificate)).toBe(false);
    expect(isKeyOf('no key', one.certificate)).toBeUndefined();
  });

  it('is for servers alone where its extended key usage says so', async () => {
    const server = await (await createAuthority('one')).forServer(['localhost'], []);
    expect(certificateIn(server.certificate)?.isForClients).toBe(false);
  });

  it('is none where the text is none', () => {
    for (const text of [
      '',
      'x',
      '-----BEGIN CERTIFICATE-----',
      pem(oldCertificate()).replace('MII', 'XXX'),
    ]) {
      expect(certificateIn(text)).toBeUndefined();
      expect(certificatesIn(text)).toEqual([]);
    }
  });
});

describe('the time of a certificate', () => {
  it('has no leeway', () => {
    const at = (now: number): string => certificatePhase({ notBefore: NOW, notAfter: NOW + DAY }, now, HOUR);
    expect([NOW - 1, NOW, NOW + DAY - HOUR, NOW + DAY, NOW + DAY + 1].map(at)).toEqual([
      'not-yet-valid',
      'valid',
      'expiring',
      'expiring',
      'expired',
    ]);
  });

  it('is said as that of a token', () => {
    expect(certificateVerdict(some({}), NOW)).toBe('expires in 30 d');
    expect(certificateVerdict(some({ notAfter: NOW - 90 * 60 }), NOW)).toBe('expired 1 h 30 min ago');
    expect(certificateVerdict(some({ notBefore: NOW + HOUR }), NOW)).toBe('not valid yet, valid in 1 h');
  });

  it('is told again when its words change, and not before', () => {
    const week = 7 * DAY;
    for (const one of [
      some({}),
      some({ notAfter: NOW + DAY }),
      some({ notAfter: NOW - DAY }),
      some({ notBefore: NOW + DAY }),
    ]) {
      const next = certificateChanges(one, NOW, week);
      expect(next).toBeGreaterThan(NOW);
      const said = (now: number): string =>
        `${certificatePhase(one, now, week)} ${certificateVerdict(one, now)}`;
      const phase = (now: number): string => certificatePhase(one, now, week);
      const words = certificatePhase(one, NOW, week) === 'valid' ? phase : said;
      expect(words((next ?? 0) - 1)).toBe(words(NOW));
      expect(words(next ?? 0)).not.toBe(words(NOW));
    }
  });
});

describe('the words on a certificate', () => {
  it('tell whose it is in the form of a token’s', () => {
    const told = describeCertificate(some({ organizations: ['system:masters'] }), 'client', NOW);
    expect(told.headline).toBe('Client certificate of jane — expires in 30 d');
    expect(told.rows.map(([label]) => label)).toEqual([
      'User',
      'Groups',
      'Expires',
      'Not\u00A0before',
      'Issuer',
    ]);
    expect(told.advice.join()).toContain('system:masters');
  });

  it('say of an authority that has ended that it is no 401', () => {
    const told = describeCertificate(some({ notAfter: NOW - 1 }), 'authority', NOW);
    expect(told.advice.join()).toContain('no 401');
  });
});

describe('the problem of a certificate', () => {
  const place = { is: 'data', start: 0, end: 1 } as const;
  const judge = (use: 'client' | 'authority', text: string, now: number): string | undefined =>
    judgeCertificate({ use, text, ...place }, { now, soon: 600 }).problem?.rule;

  it('is its end, a week before too', () => {
    const text = oldCertificate(NOW);
    expect(judge('client', text, NOW - 8 * DAY)).toBeUndefined();
    expect(judge('client', text, NOW - 6 * DAY)).toBe('certificate-expires-soon');
    expect(judge('client', text, NOW + 1)).toBe('certificate-expired');
    expect(judge('authority', text, NOW + 1)).toBe('certificate-expired');
  });

  it('is none of authorities of which one is good', () => {
    const both = btoa(atob(oldCertificate()) + atob(oldCertificate(NOW + 30 * DAY)));
    expect(judge('authority', both, NOW)).toBeUndefined();
    expect(judge('client', both, NOW)).toBe('certificate-expired');
  });
});
