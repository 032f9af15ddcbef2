import { certificateIn, certificatesIn } from '../../files/certificatesIn.ts';
import { datedCertificateVerdict, isInItsTime } from '../../kubeconfig/certificate.ts';

/** What is wrong with the time of a client certificate, a sentence; undefined where nothing is, by this machine's clock. */
export function faultOfCertificate(pem: string): string | undefined {
  const now = Date.now() / 1000;
  const certificate = certificateIn(pem);
  if (!certificate || isInItsTime(certificate, now)) return undefined;
  return `Its client certificate: ${datedCertificateVerdict(certificate, Math.floor(now))}.`;
}

/** The same of a cluster's certificate-authority, where none of it is in its time: then TLS fails whoever answers. */
export function faultOfAuthority(pem: string | undefined): string | undefined {
  const now = Date.now() / 1000;
  const authorities = pem === undefined ? [] : certificatesIn(pem);
  const [first] = authorities;
  if (!first || authorities.some((one) => isInItsTime(one, now))) return undefined;
  return `the kubeconfig’s certificate-authority ${datedCertificateVerdict(first, Math.floor(now))}: TLS fails on this side, and it is no 401`;
}
