import { address, joined, words, type Words } from '../harmless.ts';
import type { ClusterEndpoint } from './buildKubeconfig.ts';
import { parsedUrl } from '../es2024.ts';

/**
 * Whether two endpoints are one destination for a credential: the same scheme, host, port and path, reached through the
 * same proxy and proved by the same certificates under the same name, or by none.
 */
export function isSameDestination(one: ClusterEndpoint, other: ClusterEndpoint): boolean {
  return destinationText(one) === destinationText(other);
}

/**
 * Whether two endpoints could be two addresses of one cluster: both proved by the same certificates, on the same way. That
 * alone proves nothing, as clusters can share a CA and a host.
 */
export function mayBeSameCluster(one: ClusterEndpoint, other: ClusterEndpoint): boolean {
  const isProved = (endpoint: ClusterEndpoint): boolean =>
    !isPlainHttp(endpoint) && endpoint.certificateAuthority !== undefined && !endpoint.insecureSkipTlsVerify;
  const address = { server: one.server, tlsServerName: one.tlsServerName };
  return isProved(one) && isProved(other) && isSameDestination(one, { ...other, ...address });
}

/** All that decides where a credential goes and who can read it on its way, as a text: equal for the same destination alone. */
export function destinationText({
  server,
  certificateAuthority,
  insecureSkipTlsVerify,
  tlsServerName,
  proxyUrl,
}: ClusterEndpoint): string {
  const { protocol, hostname, port, pathname } = new URL(server);
  return JSON.stringify([
    protocol,
    hostname,
    port,
    pathname.replace(/\/$/, ''),
    certificateAuthority === undefined ? null : certificatesIn(certificateAuthority),
    insecureSkipTlsVerify,
    tlsServerName ?? hostname,
    proxyUrl === undefined ? null : (parsedUrl(proxyUrl)?.href ?? proxyUrl),
  ]);
}

/** Where a credential goes, with what is not as usual about the way: for a question that sends one. */
export function destinationInWords({
  server,
  insecureSkipTlsVerify,
  tlsServerName,
  proxyUrl,
}: ClusterEndpoint): Words {
  const parts = [
    words`${address(server)}`,
    insecureSkipTlsVerify
      ? words`whose certificate is not verified, so that whoever is in between can read it`
      : undefined,
    tlsServerName === undefined ? undefined : words`whose certificate has to be for ${tlsServerName}`,
    proxyUrl === undefined ? undefined : words`through the proxy ${address(proxyUrl)}`,
  ];
  return joined(parts, ', ');
}

/** No credential goes over plain http, where anybody on the way can read it; kubectl sends none there either (client-go tools/clientcmd/client_config.go, IsConfigTransportTLS). */
export function isPlainHttp({ server }: Pick<ClusterEndpoint, 'server'>): boolean {
  return new URL(server).protocol !== 'https:';
}

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

/** The certificates of a PEM text, each once and in no order; what stands around them means nothing. Without any, the text. */
function certificatesIn(pem: string): string | readonly string[] {
  const [, ...blocks] = pem.split(BEGIN);
  const bodies = blocks.map((block) => (block.split(END)[0] ?? '').replaceAll(/\s/g, ''));
  return bodies.length === 0 ? pem.trim() : [...new Set(bodies)].toSorted();
}
