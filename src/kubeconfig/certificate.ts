import { localTime } from '../token/localTime.ts';
import { relativeTime, relativeTimeChanges } from '../token/relativeTime.ts';

/** What a certificate says. Times are seconds since the epoch; every text is a stranger's. */
export interface Certificate {
  /** CN of its subject: to an API server the user's name (k8s.io/apiserver pkg/authentication/request/x509, CommonNameUserConversion). */
  readonly commonName: string | undefined;
  /** O of its subject: the user's groups. */
  readonly organizations: readonly string[];
  /** Who signed it: its CN, or whatever it is called. */
  readonly issuer: string;
  readonly notBefore: number;
  readonly notAfter: number;
  /** Whether it may sign others. */
  readonly isAuthority: boolean;
  /** Whether a client may prove itself by it: what its extended key usage says, which it need not have. */
  readonly isForClients: boolean;
  /** SHA-256 of it, in hexadecimal digits. */
  readonly fingerprint: string;
}

/** What a certificate of a kubeconfig is for. */
export type CertificateUse = 'client' | 'authority';

export type CertificatePhase = 'not-yet-valid' | 'valid' | 'expiring' | 'expired';

type Validity = Pick<Certificate, 'notBefore' | 'notAfter'>;

/**
 * Where a certificate is in its life at `now`; `soon` is how long before its end it is about to expire, both in seconds.
 * No leeway is given to it (Go's crypto/x509, Certificate.isValid).
 */
export function certificatePhase(
  { notBefore, notAfter }: Validity,
  now: number,
  soon: number,
): CertificatePhase {
  if (now < notBefore) return 'not-yet-valid';
  if (now > notAfter) return 'expired';
  return notAfter - now <= soon ? 'expiring' : 'valid';
}

/** Whether a certificate is in its time. */
export function isInItsTime(certificate: Validity, now: number): boolean {
  return !['expired', 'not-yet-valid'].includes(certificatePhase(certificate, now, 0));
}

/** What time says of it, as of a token: "expired 3 d ago". */
export function certificateVerdict(certificate: Validity, now: number): string {
  const { notBefore, notAfter } = certificate;
  switch (certificatePhase(certificate, now, 0)) {
    case 'not-yet-valid':
      return `not valid yet, valid ${relativeTime(notBefore, now)}`;
    case 'expired':
      return `expired ${relativeTime(notAfter, now)}`;
    case 'valid':
    case 'expiring':
      return `expires ${relativeTime(notAfter, now)}`;
  }
}

/** The verdict beside the date that it is about, for what is kept and read later. */
export function datedCertificateVerdict(certificate: Validity, now: number): string {
  const about = now < certificate.notBefore ? certificate.notBefore : certificate.notAfter;
  return `${certificateVerdict(certificate, now)} (${localTime(about)})`;
}

/** When a certificate's phase, or the words of one that has ended or is about to, are others; seconds since the epoch, undefined: never. */
export function certificateChanges(certificate: Validity, now: number, soon: number): number | undefined {
  const { notBefore, notAfter } = certificate;
  const phase = certificatePhase(certificate, now, soon);
  if (phase === 'not-yet-valid') return relativeTimeChanges(notBefore, now);
  const ahead = [notAfter - soon, notAfter + 1].filter((time) => time > now);
  const spoken = phase === 'valid' ? undefined : relativeTimeChanges(notAfter, now);
  const next = [...ahead, ...(spoken === undefined ? [] : [spoken])];
  return next.length === 0 ? undefined : Math.min(...next);
}

/** What it is and whose: "Client certificate of kubernetes-admin". */
export function certificateInWords(certificate: Certificate, use: CertificateUse): string {
  const { commonName } = certificate;
  if (use === 'client') return `Client certificate of ${commonName ?? 'nobody: it names no user'}`;
  return `Certificate authority ${commonName ?? certificate.issuer}`;
}

/** A certificate in words, as its hover shows it, in the form of a token's: each string is plain text with a stranger's words. */
export function describeCertificate(
  certificate: Certificate,
  use: CertificateUse,
  now: number,
): {
  readonly headline: string;
  readonly rows: readonly (readonly [label: string, value: string])[];
  readonly advice: readonly string[];
} {
  const { commonName, organizations, issuer, notBefore, notAfter } = certificate;
  const time = (seconds: number): string =>
    `${localTime(seconds)} · ${relativeTime(seconds, now)} · ${seconds}`;
  const groups = organizations.length === 0 ? 'none' : organizations.join(', ');
  return {
    headline: `${certificateInWords(certificate, use)} — ${certificateVerdict(certificate, now)}`,
    rows: [
      ...(use === 'client'
        ? ([
            ['User', commonName ?? 'none'],
            ['Groups', groups],
          ] as const)
        : []),
      ['Expires', time(notAfter)],
      ['Not\u00A0before', time(notBefore)],
      ['Issuer', issuer],
    ],
    advice: adviceOn(certificate, use, now),
  };
}

function adviceOn(certificate: Certificate, use: CertificateUse, now: number): string[] {
  if (use === 'authority') return now > certificate.notAfter ? [EXPIRED_AUTHORITY] : [];
  const advice: string[] = [];
  if (certificate.commonName === undefined) {
    advice.push(
      'It names no user (CN): an API server takes its bearer for nobody, as without a certificate.',
    );
  }
  if (now <= certificate.notAfter) {
    advice.push(
      certificate.organizations.includes('system:masters')
        ? 'The group system:masters may do everything, whatever roles say, and nothing ends this before its time but another authority.'
        : 'It cannot be revoked: an API server asks no list. It ends with its time, or with the authority that signed it.',
    );
  } else if (!certificate.isAuthority) {
    advice.push('Where kubeadm made it, “kubeadm certs renew” on a control plane’s node makes a new one.');
  }
  return advice;
}

/** What an expired certificate-authority does. */
export const EXPIRED_AUTHORITY =
  'No client of it reaches the server: TLS fails on this side, before any credential is sent, and it is no 401.';
