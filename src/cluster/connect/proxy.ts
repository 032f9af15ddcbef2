import { BlockList, isIP } from 'node:net';

/**
 * The proxy for a URL from the environment, by Go's rules (golang.org/x/net/http/httpproxy), as kubectl has them:
 * HTTPS_PROXY or HTTP_PROXY, except for loopback and what NO_PROXY lists.
 */
export function proxyFromEnvironment(
  url: URL,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const read = (name: string): string => environment[name] ?? environment[name.toLowerCase()] ?? '';
  const proxy = read(url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  if (proxy === '' || !usesProxy(url, read('NO_PROXY'))) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function usesProxy(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || isLoopback(host)) return false;
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return !noProxy
    .split(',')
    .map((item) => item.trim().toLowerCase())
    .some((item) => item !== '' && matches(item, host, port));
}

function matches(item: string, host: string, port: string): boolean {
  if (item === '*') return true;
  if (item.includes('/')) return inRange(item, host);
  const [name, itemPort] = nameAndPort(item);
  if (itemPort !== undefined && itemPort !== port) return false;
  const bare = name.replace(/^\[|\]$/g, '').replace(/^\*/, '');
  if (bare === '') return false;
  return bare.startsWith('.')
    ? host.endsWith(bare)
    : host === bare || (isIP(host) === 0 && host.endsWith(`.${bare}`));
}

/** An IPv6 address without brackets has colons of its own, and no port. */
function nameAndPort(item: string): readonly [name: string, port: string | undefined] {
  const isBracketed = (text: string): boolean => text.startsWith('[') && text.endsWith(']');
  const port = /:(\d+)$/.exec(item);
  const before = port ? item.slice(0, port.index) : item;
  if (!isBracketed(item) && (isBracketed(before) || !before.includes(':'))) return [before, port?.[1]];
  const isBroken = !isBracketed(item) && item.indexOf(':') === item.lastIndexOf(':');
  return [isBroken ? '' : item, undefined];
}

function isLoopback(host: string): boolean {
  return inRange('127.0.0.0/8', host) || inRange('::1/128', host);
}

function inRange(range: string, host: string): boolean {
  const [network = '', bits = ''] = range.split('/');
  const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
  if (isIP(host) === 0 || isIP(network) === 0 || !/^\d+$/.test(bits)) return false;
  const list = new BlockList();
  try {
    list.addSubnet(network, Number(bits), family(network));
  } catch {
    return false; // More bits than an address has: it matches nothing, as in Go.
  }
  return list.check(host, family(host));
}
