import { expect, it } from 'vitest';
import { proxyFromEnvironment } from '../../../src/cluster/connect/proxy.ts';

const proxy = 'http://proxy:3128';
const through = (url: string, noProxy = ''): string | undefined =>
  proxyFromEnvironment(new URL(url), { HTTPS_PROXY: proxy, NO_PROXY: noProxy });

it('takes the proxy for the scheme, in capital or small letters, and without a scheme of its own', () => {
  expect(through('https://api.example.com:6443')).toBe(proxy);
  expect(through('http://api.example.com')).toBeUndefined();
  expect(proxyFromEnvironment(new URL('https://a'), { https_proxy: 'proxy:3128' })).toBe(proxy);
});

it.each(['https://localhost:6443', 'https://127.0.0.1:6443', 'https://[::1]:6443'])(
  'never proxies %s',
  (url) => {
    expect(through(url)).toBeUndefined();
  },
);

it.each([
  ['*', 'https://any.where'],
  ['example.com', 'https://example.com'],
  ['example.com', 'https://api.example.com'],
  ['.example.com', 'https://api.example.com'],
  ['*.example.com', 'https://api.example.com'],
  ['other, API.example.com:6443', 'https://api.example.com:6443'],
  ['10.0.0.0/8', 'https://10.1.2.3:6443'],
  ['10.1.2.3', 'https://10.1.2.3'],
  ['fd00::/8', 'https://[fd00::1]:6443'],
])('NO_PROXY=%s goes straight to %s', (noProxy, url) => {
  expect(through(url, noProxy)).toBeUndefined();
});

it.each([
  ['.example.com', 'https://example.com'],
  ['example.com', 'https://notexample.com'],
  ['example.com:443', 'https://example.com:6443'],
  ['10.0.0.0/8', 'https://11.0.0.1'],
  ['10.0.0.0/99', 'https://10.0.0.1'],
  ['', 'https://example.com'],
])('NO_PROXY=%s does not keep the proxy from %s', (noProxy, url) => {
  expect(through(url, noProxy)).toBe(proxy);
});
