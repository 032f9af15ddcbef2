import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Certificate } from '../kubeconfig/certificate.ts';

/** No bundle of authorities is longer; what comes after is not looked at. */
const MOST = 200;

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

/** The first certificates of a PEM text, in their order; what is none, or cannot be read, is left out, as Go leaves it out. */
export function certificatesIn(pem: string, most = MOST): Certificate[] {
  return parsedIn(pem, most).map(certificateOf);
}

/** The first certificate of a PEM text: the one that a client proves itself by. Undefined where there is none that can be read. */
export function certificateIn(pem: string): Certificate | undefined {
  const [first] = blocksIn(pem, 1).map(parsed);
  return first && certificateOf(first);
}

/** Whether a private key, as PEM, is that of a PEM text's first certificate; undefined where that cannot be told. */
export function isKeyOf(key: string, pem: string): boolean | undefined {
  const [first] = blocksIn(pem, 1).map(parsed);
  try {
    return first?.checkPrivateKey(createPrivateKey(key));
  } catch {
    return undefined; // A kind of key that this Node does not know; what it is worth is not told by that.
  }
}

/** Whether a PEM text's first certificate was signed by an authority of another text, if need be through those after it. */
export function isSignedBy(pem: string, authorities: string): boolean {
  const [first, ...between] = parsedIn(pem);
  const roots = parsedIn(authorities);
  const seen = new Set<X509Certificate>();
  let at = first;
  while (at && !seen.has(at)) {
    seen.add(at);
    const child = at;
    if (roots.some((root) => root.fingerprint256 === child.fingerprint256 || signs(root, child))) return true;
    at = between.find((one) => !seen.has(one) && signs(one, child));
  }
  return false;
}

function signs(authority: X509Certificate, child: X509Certificate): boolean {
  try {
    return child.checkIssued(authority) && child.verify(authority.publicKey);
  } catch {
    return false; // A key of a kind that cannot verify.
  }
}

function parsedIn(pem: string, most = MOST): X509Certificate[] {
  return blocksIn(pem, most).flatMap((block) => parsed(block) ?? []);
}

function parsed(block: string): X509Certificate | undefined {
  try {
    return new X509Certificate(block);
  } catch {
    return undefined;
  }
}

function blocksIn(pem: string, most: number): string[] {
  const blocks: string[] = [];
  for (let at = pem.indexOf(BEGIN); at >= 0 && blocks.length < most; at = pem.indexOf(BEGIN, at + 1)) {
    const end = pem.indexOf(END, at);
    if (end < 0) break;
    blocks.push(pem.slice(at, end + END.length));
  }
  return blocks;
}

/** Extended key usages that let a client prove itself: clientAuth, and any (RFC 5280, 4.2.1.12). */
const FOR_CLIENTS = new Set(['1.3.6.1.5.5.7.3.2', '2.5.29.37.0']);

function certificateOf(certificate: X509Certificate): Certificate {
  const { subject, issuer } = certificate.toLegacyObject();
  const usages: readonly string[] | undefined = certificate.keyUsage;
  return {
    commonName: textsOf(subject.CN).at(-1), // Go takes the last (crypto/x509/pkix).
    organizations: textsOf(subject.O),
    issuer: textsOf(issuer.CN).at(-1) ?? certificate.issuer.replaceAll('\n', ', '),
    notBefore: secondsOf(certificate.validFrom),
    notAfter: secondsOf(certificate.validTo),
    isAuthority: certificate.ca,
    isForClients: usages === undefined || usages.some((usage) => FOR_CLIENTS.has(usage)),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}

function textsOf(value: string | string[] | undefined): string[] {
  return [value ?? []].flat().filter((text) => text !== '');
}

/** As OpenSSL writes a time (`Sep  3 21:40:37 2296 GMT`); Node gives it as a date since 22.10. */
function secondsOf(time: string): number {
  return Math.floor(Date.parse(time) / 1000);
}
