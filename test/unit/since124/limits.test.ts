import { describe, expect, it } from 'vitest';
import { foundIn } from '../../support/texts/outdatedCorpus.ts';

const FILE = '/run/secrets/kubernetes.io/serviceaccount/token';
const READ = '-o jsonpath={.secrets[0].name}';

/** How many lines that break are found in a text. */
const countOf = (path: string, text: string): number => foundIn({ path, text, beside: new Map() }).length;
const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');

// Nobody writes so many: what a program wrote, or somebody who means harm, is not looked at further.
describe('no more is found', () => {
  const tooMany = 260;

  it.each<[what: string, most: number, path: string, text: string]>([
    [
      'names of Terraform',
      200,
      'a.tf',
      lines(tooMany, () => 'n = kubernetes_service_account.x.default_secret_name'),
    ],
    ['Secrets of Terraform', 200, 'a.tf', lines(tooMany, () => 'wait_for_service_account_token = false')],
    ['providers', 200, 'a.tf', lines(tooMany, () => 'provider "kubernetes" { version = "1.1" }')],
    ['token requests', 200, 'a.tf', lines(tooMany, () => 't = kubernetes_token_request.x.token')],
    ['copies of Terraform', 200, 'a.tf', lines(tooMany, () => `bearer_token = file("${FILE}")`)],
    [
      'calls of a program',
      200,
      'a.py',
      lines(tooMany, () => 'x = a.read_namespaced_service_account(b).secrets[0]'),
    ],
    [
      'reads of a program',
      200,
      'a.go',
      `var sa v1.ServiceAccount\n${lines(tooMany, () => 'a(sa.Secrets[0])')}`,
    ],
    [
      'command lines of a program',
      200,
      'a.go',
      lines(tooMany, () => 'a("kubectl", "get", "sa", "x", "-o", "{.secrets[0]}");'),
    ],
    ['configurations', 200, 'a.go', lines(tooMany, () => 'rest.Config{BearerToken: a.BearerToken}')],
    [
      'files that are read once',
      200,
      'a.py',
      lines(tooMany, (index) => `t${index} = open("${FILE}").read()`),
    ],
    [
      'templates',
      200,
      'a.yaml',
      lines(tooMany, () => '{{ (lookup "v1" "ServiceAccount" "n" "x").secrets }}'),
    ],
    ['generated names', 200, 'a.yaml', lines(tooMany, () => 'secretName: x-token-w4xzq')],
    ['copies of a script', 200, 'a.sh', lines(tooMany, () => `cp ${FILE} x`)],
    ['command lines of a script', 500, 'a.sh', lines(520, () => `kubectl get sa x ${READ}`)],
    ['scripts within a script', 50, 'a.sh', lines(60, () => `bash -c 'kubectl get sa x ${READ}'`)],
    [
      'versions of a lock',
      200,
      'pnpm-lock.yaml',
      lines(tooMany, (index) => `'@kubernetes/client-node@0.9.${index}':`),
    ],
    ['versions of a file', 200, 'Cargo.toml', lines(tooMany, (index) => `kube = "0.60.${index}"`)],
    ['regions of a file', 1000, 'a.yaml', lines(1010, () => `- kubectl get sa x ${READ}`)],
  ])('than a bound of %s', (_what, most, path, text) => {
    expect(countOf(path, text)).toBe(most);
  });

  it('of what a variable is sent as than for twenty of them', () => {
    const text = lines(
      25,
      (index) => `T${index}=$(kubectl get secret x -o jsonpath={.data.token})\ncurl -H "Bearer $T${index}" h`,
    );
    expect(countOf('a.sh', text)).toBe(20);
  });

  it('of what is in a mounted file than for fifty variables', () => {
    const text = lines(
      60,
      (index) => `T${index}=$(cat ${FILE})\nvault write x token_reviewer_jwt=$T${index}`,
    );
    expect(countOf('a.sh', text)).toBe(50);
  });

  it('in a file, or a script, that is too long', () => {
    const line = `kubectl get sa x ${READ}\n`;
    const long = (length: number): string => `${line}${'#'.repeat(length - line.length)}`;
    expect([countOf('a.sh', long(65_536)), countOf('a.sh', long(65_537))]).toEqual([1, 0]);
    const tf = 'n = kubernetes_service_account.x.default_secret_name\n';
    const longer = (length: number): string => tf + '#'.repeat(length - tf.length);
    expect([countOf('a.tf', longer(262_144)), countOf('a.tf', longer(262_145))]).toEqual([1, 0]);
    const lock = 'name = "kube"\nversion = "0.60.0"\n';
    const longest = (length: number): string => lock + '#'.repeat(length - lock.length);
    expect([countOf('Cargo.lock', longest(2_097_152)), countOf('Cargo.lock', longest(2_097_153))]).toEqual([
      1, 0,
    ]);
  });

  it('of an expression, or a command’s words, than its beginning', () => {
    const padded = (length: number): string =>
      `kubectl get sa x -o jsonpath={${'x'.repeat(length)}.secrets}\n`;
    expect([countOf('a.sh', padded(1900)), countOf('a.sh', padded(2100))]).toEqual([1, 0]);
    const filter = (length: number): string =>
      `kubectl get sa x -o json | jq ${'x'.repeat(length)} .secrets[0]\n`;
    expect([countOf('a.sh', filter(3900)), countOf('a.sh', filter(4100))]).toEqual([1, 0]);
    const sent = (length: number): string =>
      `curl -H "Bearer $(kubectl get secret x -o json | jq ${'x'.repeat(length)} .data.token)" h\n`;
    expect([countOf('a.sh', sent(1900)), countOf('a.sh', sent(2100))]).toEqual([1, 0]);
    const pattern = (length: number): string => `kubectl get secret | grep ${'x'.repeat(length)}-token\n`;
    expect([countOf('a.sh', pattern(390)), countOf('a.sh', pattern(400))]).toEqual([1, 0]);
  });

  it('of what lies deeper within one another than anybody writes it', () => {
    const ticks = (depth: number): string =>
      `${'echo $('.repeat(depth)}\`kubectl get sa x ${READ}\`${')'.repeat(depth)}\n`;
    expect([countOf('a.sh', ticks(11)), countOf('a.sh', ticks(12))]).toEqual([1, 0]);
    const braces = (depth: number): string =>
      `\${A:-`.repeat(depth) + `$(kubectl get sa x ${READ})` + '}'.repeat(depth);
    expect([countOf('a.sh', `a ${braces(11)}`), countOf('a.sh', `a ${braces(12)}`)]).toEqual([1, 0]);
  });

  it('of statements than ten thousand', () => {
    const text = (count: number): string => `${':;'.repeat(count)}kubectl get sa x ${READ}\n`;
    expect([countOf('a.sh', text(9999)), countOf('a.sh', text(10_001))]).toEqual([1, 0]);
  });
});
