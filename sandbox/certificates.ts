import 'reflect-metadata'; // @peculiar/x509 needs it to be there first.
import * as x509 from '@peculiar/x509';
import { generateKeyPair, KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { promisify } from 'node:util';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const day = 24 * 3600 * 1000;

/** A certificate and its private key, as PEM. */
export interface Certified {
  readonly certificate: string;
  readonly key: string;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Signs certificates for the one cluster that trusts it; its own key never leaves this process. */
export interface CertificateAuthority {
  /** The authority's certificate, as PEM. */
  readonly certificate: string;
  /** A certificate with which a server proves one of these DNS names or IP addresses. */
  readonly forServer: (names: readonly string[], addresses: readonly string[]) => Promise<Certified>;
  /** A certificate with which a client is this user, in these groups; valid as long as the authority where nothing else is said. */
  readonly forClient: (user: string, groups?: readonly string[], validity?: Validity) => Promise<Certified>;
}

x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);

/** Makes a certificate authority that is valid for a month, as long as a throw-away cluster can live, or as it is told. */
export async function createAuthority(name: string, own?: Validity): Promise<CertificateAuthority> {
  const keys = await newKeys();
  const validity = own ?? {
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 30 * day),
  };
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: serialNumber(),
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });

  async function sign(
    subject: x509.JsonName,
    extensions: x509.Extension[],
    life: Validity = validity,
  ): Promise<Certified> {
    const { publicKey, privateKey } = await newKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      ...life,
      serialNumber: serialNumber(),
      subject,
      issuer: authority.subject,
      publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        await x509.AuthorityKeyIdentifierExtension.create(authority),
        ...extensions,
      ],
    });
    const key = KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' });
    return { certificate: `${certificate.toString('pem')}\n`, key: key.toString() };
  }

  return {
    certificate: `${authority.toString('pem')}\n`,
    forServer: async (names, addresses) =>
      await sign(
        // Another name than the authority's own, or it would pass for self-signed.
        [{ CN: ['kube-apiserver'] }],
        [
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension([
            ...names.map((value) => ({ type: 'dns' as const, value })),
            ...addresses.map((value) => ({ type: 'ip' as const, value })),
          ]),
        ],
      ),
    forClient: async (user, groups = [], life = validity) =>
      await sign(
        [...groups.map((group) => ({ O: [group] })), { CN: [user] }],
        [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])],
        life,
      ),
  };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

/** 127 random bits: positive, as RFC 5280 wants it. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

/** The key pair with which a cluster signs ServiceAccount tokens, as PEM. */
export async function createSigningKey(): Promise<{
  readonly privateKey: string;
  readonly publicKey: string;
}> {
  return await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}
