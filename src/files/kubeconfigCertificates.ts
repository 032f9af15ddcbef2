/** What reads certificates: an entry of its own in scripts/build.ts, loaded with the first one that is to be read. */
import { dirname } from 'node:path';
import { certificatesIn } from './certificatesIn.ts';
import { MOST_CREDENTIAL, readNamedFile } from './named.ts';
import {
  certificateChanges,
  certificateInWords,
  certificatePhase,
  certificateVerdict,
  describeCertificate,
  EXPIRED_AUTHORITY,
  isInItsTime,
  type Certificate,
  type CertificateUse,
} from '../kubeconfig/certificate.ts';
import type { CertificateInText } from '../kubeconfig/certificatePlaces.ts';
import type { Description } from '../token/describe.ts';
import type { Rule } from '../problems/catalog.ts';
import { pathInKubeconfig } from './system.ts';

/** For how long before its end a certificate is said to expire soon, in seconds, if no more is set: nobody makes a new one within minutes. */
const WEEK = 7 * 86_400;

/** Of more certificates in one field nothing is said: each takes about a millisecond to read. */
const MOST = 20;

interface At {
  /** Seconds since the epoch. */
  readonly now: number;
  /** What is set for tokens, in seconds. */
  readonly soon: number;
}

/** A problem with a certificate, and when it reads differently, in seconds since the epoch. */
export interface CertificateProblem {
  readonly problem: { readonly rule: Rule; readonly message: string } | undefined;
  readonly changes: number | undefined;
}

/** Judges a certificate that stands in a text; a file that is only named is not read for it. */
export function judgeCertificate(
  { use, is, text }: CertificateInText,
  { now, soon }: At,
): CertificateProblem {
  const [certificate] = is === 'data' ? counting(decoded(text), use, now) : [];
  if (!certificate) return { problem: undefined, changes: undefined };
  const early = Math.max(soon, WEEK);
  const what = `${certificateInWords(certificate, use)}: ${certificateVerdict(certificate, now)}.`;
  const changes = certificateChanges(certificate, now, early);
  switch (certificatePhase(certificate, now, early)) {
    case 'expired':
    case 'not-yet-valid': {
      const then = use === 'client' ? 'The API server answers 401 Unauthorized.' : EXPIRED_AUTHORITY;
      return { problem: { rule: 'certificate-expired', message: `${what} ${then}` }, changes };
    }
    case 'expiring':
      return { problem: { rule: 'certificate-expires-soon', message: what }, changes };
    case 'valid':
      return { problem: undefined, changes };
  }
}

/** Describes a certificate for its hover; undefined where it cannot be read. `file`: the document's own path, where files that it names may be read. */
export async function describeAt(
  { use, is, text }: CertificateInText,
  file: string | undefined,
  now: number,
): Promise<Description | undefined> {
  const pem = is === 'data' ? decoded(text) : await fileAt(text, file);
  const [certificate, ...others] = pem === undefined ? [] : counting(pem, use, now);
  if (!certificate) return undefined;
  const { headline, rows, advice } = describeCertificate(certificate, use, now);
  const beside = others.map(({ commonName, issuer }) => commonName ?? issuer).join(', ');
  return {
    headline,
    rows: [...rows, ...(others.length > 0 ? [['Beside it', beside] as const] : [])],
    advice: advice.map((one) => ({ text: one })),
  };
}

/** The certificates of a PEM text, the one that counts first: of a client the first, of authorities one that is in its time. */
function counting(pem: string, use: CertificateUse, now: number): Certificate[] {
  const all = certificatesIn(pem, MOST + 1);
  if (all.length > MOST) return []; // To read a whole bundle would hold up the editor.
  const best = all.findIndex((one) => isInItsTime(one, now));
  const [first] = use === 'authority' && best > 0 ? all.splice(best, 1) : [];
  return first ? [first, ...all] : all;
}

async function fileAt(path: string, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readNamedFile(pathInKubeconfig(dirname(file), path), { most: MOST_CREDENTIAL });
  } catch {
    return undefined; // What cannot be read has nothing to be told.
  }
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1');
}
