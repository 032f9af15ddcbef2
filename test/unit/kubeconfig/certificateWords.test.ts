import { describe, expect, it } from 'vitest';
import {
  certificateChanges,
  certificateInWords,
  certificateVerdict,
  datedCertificateVerdict,
  describeCertificate,
  EXPIRED_AUTHORITY,
  isInItsTime,
  type Certificate,
} from '../../../src/kubeconfig/certificate.ts';
import { certificatesInText } from '../../../src/kubeconfig/certificatePlaces.ts';
import { localTime } from '../../../src/token/localTime.ts';
import { placesIn } from '../../../src/yaml/yamlText.ts';
import { assertSentence } from '../../support/texts/sentences.ts';

const NOW = 1_800_000_000;
const HOUR = 3600;
const DAY = 24 * HOUR;

const some = (more: Partial<Certificate> = {}): Certificate => ({
  commonName: 'jane',
  organizations: ['a', 'b'],
  issuer: 'kubernetes',
  notBefore: NOW - DAY,
  notAfter: NOW + 30 * DAY,
  isAuthority: false,
  isForClients: true,
  fingerprint: 'f',
  ...more,
});

describe('a certificate in words', () => {
  it('is one of somebody, or an authority', () => {
    expect(certificateInWords(some(), 'client')).toBe('Client certificate of jane');
    expect(certificateInWords(some({ commonName: undefined }), 'client')).toBe(
      'Client certificate of nobody: it names no user',
    );
    expect(certificateInWords(some(), 'authority')).toBe('Certificate authority jane');
    expect(certificateInWords(some({ commonName: undefined }), 'authority')).toBe(
      'Certificate authority kubernetes',
    );
  });

  it('is in its time up to its last second', () => {
    const at = (now: number): boolean => isInItsTime({ notBefore: NOW, notAfter: NOW + DAY }, now);
    expect([NOW - 1, NOW, NOW + DAY, NOW + DAY + 1].map(at)).toEqual([false, true, true, false]);
    expect(certificateVerdict({ notBefore: NOW, notAfter: NOW + DAY }, NOW + DAY)).toBe('expires now');
  });

  it('has the date beside what is said of it', () => {
    expect(datedCertificateVerdict(some(), NOW)).toBe(`expires in 30 d (${localTime(NOW + 30 * DAY)})`);
    expect(datedCertificateVerdict(some({ notAfter: NOW - DAY }), NOW)).toBe(
      `expired 1 d ago (${localTime(NOW - DAY)})`,
    );
    expect(datedCertificateVerdict(some({ notBefore: NOW + DAY }), NOW)).toBe(
      `not valid yet, valid in 1 d (${localTime(NOW + DAY)})`,
    );
    expect(datedCertificateVerdict(some({ notBefore: NOW }), NOW)).toContain(localTime(NOW + 30 * DAY));
  });

  it('changes when it begins, is about to end, has ended, or is spoken of otherwise', () => {
    const changes = (more: Partial<Certificate>): number | undefined =>
      certificateChanges(some(more), NOW, HOUR);
    expect(changes({})).toBe(NOW + 30 * DAY - HOUR);
    expect(changes({ notAfter: NOW + HOUR + 1 })).toBe(NOW + 1);
    expect(changes({ notAfter: NOW + HOUR })).toBe(NOW + 31);
    expect(changes({ notAfter: NOW })).toBe(NOW + 1);
    expect(changes({ notAfter: NOW + 90 })).toBe(NOW + 1);
    expect(changes({ notAfter: NOW - 90 })).toBe(NOW + 1);
    expect(changes({ notAfter: NOW - 36 * HOUR })).toBe(NOW + 1800);
    expect(changes({ notBefore: NOW + 90 })).toBe(NOW + 1);
    expect(changes({ notBefore: NOW + 36 * HOUR })).toBe(NOW + 1801);
    expect(changes({ notAfter: NOW - 1e15 })).toBeUndefined();
  });

  it('has a row for each thing that it says', () => {
    const time = (seconds: number, away: string): string => `${localTime(seconds)} · ${away} · ${seconds}`;
    const common = [
      ['Expires', time(NOW + 30 * DAY, 'in 30 d')],
      ['Not\u00A0before', time(NOW - DAY, '1 d ago')],
      ['Issuer', 'kubernetes'],
    ];
    expect(describeCertificate(some(), 'client', NOW)).toMatchObject({
      headline: 'Client certificate of jane — expires in 30 d',
      rows: [['User', 'jane'], ['Groups', 'a, b'], ...common],
    });
    const nobody = some({ commonName: undefined, organizations: [] });
    expect(describeCertificate(nobody, 'client', NOW).rows).toEqual([
      ['User', 'none'],
      ['Groups', 'none'],
      ...common,
    ]);
    expect(describeCertificate(some(), 'authority', NOW)).toMatchObject({
      headline: 'Certificate authority jane — expires in 30 d',
      rows: common,
    });
  });

  it.each<[what: string, use: 'client' | 'authority', more: Partial<Certificate>, advice: readonly RegExp[]]>(
    [
      ['an authority in its time', 'authority', {}, []],
      ['an authority at its end', 'authority', { notAfter: NOW }, []],
      [
        'an authority that has ended',
        'authority',
        { notAfter: NOW - 1 },
        [/^No client of it reaches the server/],
      ],
      ['somebody', 'client', {}, [/^It cannot be revoked/]],
      ['somebody at the end', 'client', { notAfter: NOW }, [/^It cannot be revoked/]],
      [
        'one of the masters',
        'client',
        { organizations: ['a', 'system:masters'] },
        [/^The group system:masters/],
      ],
      ['nobody', 'client', { commonName: undefined }, [/^It names no user/, /^It cannot be revoked/]],
      [
        'nobody, ended',
        'client',
        { commonName: undefined, notAfter: NOW - 1 },
        [/^It names no user/, /^Where kubeadm/],
      ],
      [
        'somebody, ended',
        'client',
        { notAfter: NOW - 1, organizations: ['system:masters'] },
        [/^Where kubeadm/],
      ],
      ['an authority as a client, ended', 'client', { notAfter: NOW - 1, isAuthority: true }, []],
    ],
  )('advises on %s', (_what, use, more, wanted) => {
    const { advice } = describeCertificate(some(more), use, NOW);
    expect(advice).toEqual(wanted.map((one) => expect.stringMatching(one) as string));
    for (const one of advice) assertSentence(one);
    assertSentence(EXPIRED_AUTHORITY);
  });
});

describe('the certificates of a kubeconfig', () => {
  const inText = (text: string): unknown[] => {
    const yaml = placesIn(text);
    return (yaml ? certificatesInText(yaml) : []).map((one) => ({
      use: one.use,
      is: one.is,
      text: one.text,
      written: text.slice(one.start, one.end),
    }));
  };

  it('are those of each user and each cluster, as data and by a path', () => {
    const text = `users:
- name: a
  user: {client-certificate-data: "QQ==", client-certificate: /c, client-key: /k}
- name: b
  user: {client-certificate-data: Qg==}
- name: c
clusters:
- name: d
  cluster:
    certificate-authority: ca.crt # here
- name: e
  cluster: {certificate-authority-data: Qw==, server: x}
`;
    expect(inText(text)).toEqual([
      { use: 'client', is: 'data', text: 'QQ==', written: '"QQ=="' },
      { use: 'client', is: 'path', text: '/c', written: '/c' },
      { use: 'client', is: 'data', text: 'Qg==', written: 'Qg==' },
      { use: 'authority', is: 'path', text: 'ca.crt', written: 'ca.crt' },
      { use: 'authority', is: 'data', text: 'Qw==', written: 'Qw==' },
    ]);
  });

  it('are none where they are empty, no text, or elsewhere', () => {
    const text = `users:
- user: {client-certificate-data: "", client-certificate: ~, certificate-authority: x}
- user: {client-certificate: [x]}
- cluster: {certificate-authority: x}
clusters:
- cluster: {client-certificate: x}
client-certificate: x
contexts:
- user: {client-certificate: x}
`;
    expect(inText(text)).toEqual([]);
  });
});
