import { describe, expect, it } from 'vitest';
import { foundIn, repaired } from '../../support/texts/outdatedCorpus.ts';

const FILE = '/run/secrets/kubernetes.io/serviceaccount/token';
const countOf = (path: string, text: string): number => foundIn({ path, text, beside: new Map() }).length;

describe('a token Secret that a program makes and waits for', () => {
  const made = (path: string, text: string): string[] => repaired(path, text, 'Make a token Secret');
  /** A program without the function that a fix has added to it. */
  const withoutFunction = (text: string): string =>
    text
      .replace(/def token_secret_of\(api, account\):\n[^]*?\n    return secret\n\n\n/, '<function>\n')
      .replace(/\n\/\*\* [^\n]* \*\/\nasync function tokenSecretOf\([^]*\n\}\n/, '<function>\n');

  it('is all that the function does which is added to the program', () => {
    const python = 'import a\nsa = api.read_namespaced_service_account("x", "y")\nn = sa.secrets[0].name\n';
    const [text = ''] = made('it.py', python);
    expect(text).toMatch(
      /^import a\ndef token_secret_of\(api, account\):\n    """The name of a token Secret/,
    );
    for (const part of [
      '"type": "kubernetes.io/service-account-token"',
      'api.create_namespaced_secret(namespace, body)',
      'while "token" not in',
    ]) {
      expect(text).toContain(part);
    }
    const call =
      'const sa = await core.readNamespacedServiceAccount({ name, namespace });\nuse(sa.secrets[0].name);\n';
    const [javaScript = ''] = made('it.js', call);
    expect(javaScript).toContain('async function tokenSecretOf(api, account) {\n');
    expect(javaScript).toContain('.catch((error) => {\n');
    expect(javaScript).toContain("type: 'kubernetes.io/service-account-token'");
    const typed = ['it.ts', 'it.mts', 'it.cts', 'it.tsx'].flatMap((path) => made(path, call));
    expect([...new Set(typed)]).toHaveLength(1);
    expect(made('it.jsx', call)).toEqual([javaScript]);
    expect(typed[0]).toContain(
      "(api: import('@kubernetes/client-node').CoreV1Api, account: import('@kubernetes/client-node').V1ServiceAccount) {\n",
    );
    expect(typed[0]).toContain('.catch((error: { code?: number }) => {\n');
  });

  it.each([
    [
      'in the place of the first, by the client that read the account',
      'it.py',
      'import a\nfrom b import c\n\ndef f(self):\n    sa = self.api.read_namespaced_service_account("x")\n    return g(sa.secrets[0].name, "y")\n',
      'import a\nfrom b import c\n\n<function>\ndef f(self):\n    sa = self.api.read_namespaced_service_account("x")\n    return g(token_secret_of(self.api, sa), "y")\n',
    ],
    [
      'behind imports at the left alone',
      'it.py',
      'import a\n\ndef f(c):\n    import b\n    sa = c.read_namespaced_service_account("x")\n    return sa.secrets[0].name\n',
      'import a\n\n<function>\ndef f(c):\n    import b\n    sa = c.read_namespaced_service_account("x")\n    return token_secret_of(c, sa)\n',
    ],
    [
      'behind imports of several lines',
      'it.py',
      'from b import (\n    c,\n    d,\n)\n\nsa = c.read_namespaced_service_account("x")\nn = sa.secrets[0].name\n',
      'from b import (\n    c,\n    d,\n)\n\n<function>\nsa = c.read_namespaced_service_account("x")\nn = token_secret_of(c, sa)\n',
    ],
    [
      'behind the last import that comes before',
      'it.py',
      'import a\nx = 1\nimport b\nsa = c.read_namespaced_service_account("x")\nn = sa.secrets[0].name\nimport d\n',
      'import a\nx = 1\nimport b\n<function>\nsa = c.read_namespaced_service_account("x")\nn = token_secret_of(c, sa)\nimport d\n',
    ],
    [
      'and is awaited',
      'it.js',
      'const sa = await core.readNamespacedServiceAccount( { name });\nconst n = sa.secrets[0].name;\n',
      'const sa = await core.readNamespacedServiceAccount( { name });\nconst n = await tokenSecretOf(core, sa);\n<function>\n',
    ],
    [
      'and is awaited before anything of it is read',
      'it.ts',
      'const sa = await a.$core.readNamespacedServiceAccount({ name });\nuse(sa.secrets![0]!.name?.length);\n',
      'const sa = await a.$core.readNamespacedServiceAccount({ name });\nuse((await tokenSecretOf(a.$core, sa))?.length);\n<function>\n',
    ],
    [
      'and is awaited in the place of what may be missing',
      'it.ts',
      'const sa = await core.readNamespacedServiceAccount({ name });\nuse(sa?.secrets?.[0]?.name[0]);\n',
      'const sa = await core.readNamespacedServiceAccount({ name });\nuse((await tokenSecretOf(core, sa))[0]);\n<function>\n',
    ],
  ])('is made %s', (_where, path, text, after) => {
    expect(made(path, text).map(withoutFunction)).toEqual([after]);
  });

  it.each([
    ['nothing is imported', 'it.py', 'sa = a.read_namespaced_service_account("x")\nn = sa.secrets[0].name\n'],
    [
      'the import is the last line',
      'it.py',
      'def f(sa: V1ServiceAccount):\n    return sa.secrets[0].name\nimport a',
    ],
    [
      'the import does not end',
      'it.py',
      'from a import (b,\nsa = a.read_namespaced_service_account("x"\nn = sa.secrets[0].name\n',
    ],
    [
      'a branch goes on at the left',
      'it.py',
      'if a:\n    import b\nelse:\n    import c\nelse: sa = a.read_namespaced_service_account("x"); n = sa.secrets[0].name\n',
    ],
    [
      'the import is on the last line',
      'it.py',
      'import a; sa = c.read_namespaced_service_account(d); n = sa.secrets[0].name',
    ],
    [
      'what is imported ends on the last line',
      'it.py',
      'from a import (\n  b); sa = c.read_namespaced_service_account(d); n = sa.secrets[0].name',
    ],
    [
      'another of them is read',
      'it.py',
      'import a\nsa = a.read_namespaced_service_account("x")\nn = sa.secrets[1].name\n',
    ],
    [
      'more than its name is read',
      'it.py',
      'import a\nsa = a.read_namespaced_service_account("x")\nn = sa.secrets[0].names\n',
    ],
    [
      'the client waits',
      'it.py',
      'import a\nsa = await a.read_namespaced_service_account("x")\nn = sa.secrets[0].name\n',
    ],
    [
      'the account comes from elsewhere',
      'it.py',
      'import a\ndef f(sa: V1ServiceAccount):\n    return sa.secrets[0].name\n',
    ],
    [
      'the client is what a call gives',
      'it.py',
      'import a\nsa = b().read_namespaced_service_account("x")\nn = sa.secrets[0].name\n',
    ],
    [
      'the client is imported by its method',
      'it.py',
      'import a\nsa = read_namespaced_service_account("x")\nn = sa.secrets[0].name\n',
    ],
    [
      'the client is of before 1.0',
      'it.js',
      "const sa = await a.readNamespacedServiceAccount('x');\nuse(sa.secrets[0].name);\n",
    ],
    [
      'nothing is awaited',
      'it.js',
      'const sa = a.readNamespacedServiceAccount({ name });\nuse(sa.secrets[0].name);\n',
    ],
    [
      'something else is awaited',
      'it.js',
      'await b; const sa = a.readNamespacedServiceAccount({ name });\nuse(sa.secrets[0].name);\n',
    ],
    [
      'the whole answer is read',
      'it.js',
      'const sa = await a.readNamespacedServiceAccount({ name });\nuse(sa.body.secrets[0].name);\n',
    ],
    [
      'the program is of another language',
      'it.go',
      'sa, err := c.ServiceAccounts(n).Get(x)\nuse(sa.Secrets[0].Name)\n',
    ],
  ])('is not offered where %s', (_where, path, text) => {
    expect(countOf(path, text)).toBe(1);
    expect(made(path, text)).toEqual([]);
  });
});

describe('a file that is read for each use', () => {
  const read = (path: string, text: string): string[] => repaired(path, text, 'Read the file for each use');

  it.each([
    [
      'it.py',
      `TOKEN: str = open("${FILE}").read().strip()\n\ndef f():\n    return {"a": F"Bearer {TOKEN} {TOKEN}", "b": "{TOKEN}", "c": TOKEN, "d": ATOKEN, "e": TOKEN == TOKEN_, "f": f'{TOKEN}'}\n`,
      `TOKEN = lambda: open("${FILE}").read().strip()\n\ndef f():\n    return {"a": F"Bearer {TOKEN()} {TOKEN()}", "b": "{TOKEN}", "c": TOKEN(), "d": ATOKEN, "e": TOKEN() == TOKEN_, "f": f'{TOKEN()}'}\n`,
    ],
    [
      'it.py',
      `import pathlib\nt = pathlib.Path("${FILE}").read_text()\nx = f'''\n{t}'''\n`,
      `import pathlib\nt = lambda: pathlib.Path("${FILE}").read_text()\nx = f'''\n{t()}'''\n`,
    ],
    [
      'it.ts',
      `const t: string = readFileSync('${FILE}', 'utf8').trim();\nf(\`Bearer \${t}\`, '\${t}', t == '', [t, u]);\n`,
      `const t = (): string => readFileSync('${FILE}', 'utf8').trim();\nf(\`Bearer \${t()}\`, '\${t}', t() == '', [t(), u]);\n`,
    ],
    [
      'it.js',
      `let t = fs.readFileSync('${FILE}')\nexport const u = { v: t.toString() };\n`,
      `let t = () => fs.readFileSync('${FILE}')\nexport const u = { v: t().toString() };\n`,
    ],
    [
      'it.js',
      `f(() => t);\nvar t = fs.promises.readFile('${FILE}');`,
      `f(() => t());\nvar t = () => fs.promises.readFile('${FILE}');`,
    ],
    [
      'it.py',
      `T :str=open("${FILE}").read()\nprint(T)\n`,
      `T = lambda: open("${FILE}").read()\nprint(T())\n`,
    ],
    [
      'it.js',
      `let t=fs.readFileSync('${FILE}');\nuse(t);\n`,
      `let t=() => fs.readFileSync('${FILE}');\nuse(t());\n`,
    ],
  ])('is so in %s: %j', (path, text, after) => {
    expect(read(path, text)).toEqual([after]);
  });

  it.each([
    ['nothing uses it', 'it.py', `t = open("${FILE}").read()\n`],
    ['it is set anew', 'it.js', `let t = fs.readFileSync('${FILE}');\nuse(t);\nt = 1;\n`],
    ['it is called', 'it.js', `let t = fs.readFileSync('${FILE}');\nuse(t, t ());\n`],
    ['it is named in an object', 'it.js', `let t = fs.readFileSync('${FILE}');\nuse(t, { t: 1 });\n`],
    ['it is put into an object by its name', 'it.js', `let t = fs.readFileSync('${FILE}');\nuse({ t });\n`],
    [
      'it is put into an object beside others',
      'it.js',
      `let t = fs.readFileSync('${FILE}');\nuse({ s, t , u });\n`,
    ],
    [
      'it is put into an object without blanks',
      'it.js',
      `let t = fs.readFileSync('${FILE}');\nuse({s,t});\n`,
    ],
    [
      'something else has a field of its name',
      'it.js',
      `let t = fs.readFileSync('${FILE}');\nuse(t, x.t);\n`,
    ],
    [
      'something else has its name with a sign',
      'it.js',
      `let t = fs.readFileSync('${FILE}');\nuse(t, $t);\n`,
    ],
    [
      'something else is declared under its name',
      'it.js',
      `let t = fs.readFileSync('${FILE}');\n{ const  t } use(t);\n`,
    ],
    [
      'something else is imported under its name',
      'it.py',
      `t = open("${FILE}").read()\nprint(t)\nimport t\n`,
    ],
    [
      'it is of the whole program',
      'it.py',
      `t = open("${FILE}").read()\ndef f():\n    global t\n    print(t)\n`,
    ],
    ['others may import it', 'it.js', `export const t = fs.readFileSync('${FILE}');\nuse(t);\n`],
    ['its line goes on', 'it.js', `let t = fs.readFileSync('${FILE}',\n  'utf8');\nuse(t);\n`],
    ['its line has more', 'it.py', `t = open("${FILE}").read() + x\nprint(t)\n`],
    ['it is awaited', 'it.mjs', `const t = await readFile('${FILE}');\nuse(t);\n`],
  ])('is not offered where %s', (_where, path, text) => {
    expect(countOf(path, text)).toBe(1);
    expect(read(path, text)).toEqual([]);
  });
});

describe('a configuration of client-go', () => {
  it('has its file copied beside its token, where that stands on a line of its own', () => {
    const text = (more: string): string =>
      `var c = rest.Config{\n\tHost: a.Host,\n\tBearerToken:     a.BearerToken,${more}\n}\n`;
    const added = '\n\tBearerTokenFile: a.BearerTokenFile,';
    expect(repaired('it.go', text(''))).toEqual([text(added)]);
    expect(repaired('it.go', text(' // copied'))).toEqual([text(`${added} // copied`)]);
    expect(repaired('it.go', text('\r'))).toEqual([text(`${added}\r`)]);
    for (const other of [
      'rest.Config{BearerToken: a.BearerToken,\n}',
      'rest.Config{\n\tBearerToken: a.BearerToken}',
      'rest.Config{\n\tBearerToken: a.BearerToken, Host: x,\n}',
    ]) {
      expect(countOf('it.go', other)).toBe(1);
      expect(repaired('it.go', other)).toEqual([]);
    }
  });
});

describe('a token Secret of Terraform', () => {
  const resource = (
    name: string,
    account: string,
  ): string => `resource "kubernetes_secret_v1" "${name}_token" {
  metadata {
    name      = "\${${account}.metadata[0].name}-token"
    namespace = ${account}.metadata[0].namespace
    annotations = {
      "kubernetes.io/service-account.name" = ${account}.metadata[0].name
    }
  }
  type                           = "kubernetes.io/service-account-token"
  wait_for_service_account_token = true
}
`;

  it('is made as a resource at the end, and named', () => {
    const text = 'n = kubernetes_service_account.ci-1.default_secret_name\n';
    const named = 'n = kubernetes_secret_v1.ci-1_token.metadata[0].name\n';
    const added = resource('ci-1', 'kubernetes_service_account.ci-1');
    expect(repaired('it.tf', text)).toEqual([`${named}\n${added}`]);
    expect(repaired('it.tf', text.trimEnd())).toEqual([`${named.trimEnd()}\n\n${added}`]);
    expect(repaired('it.tf', text.replace('\n', '\r\n'))).toEqual([
      `${named}\n${added}`.replaceAll('\n', '\r\n'),
    ]);
    const [once = ''] = repaired('it.tf', text + text);
    expect(repaired('it.tf', once)).toEqual([`${named}${named}\n${added}`]);
    expect(repaired('it.tf', text.replace('account', 'account_v1'))).toEqual([
      `${named}\n${resource('ci-1', 'kubernetes_service_account_v1.ci-1')}`,
    ]);
  });

  it.each([
    'data.kubernetes_service_account.x',
    'kubernetes_default_service_account.x',
    'kubernetes_service_account.x[0]',
  ])('is not made for %s, of which it is not known how it is made', (account) => {
    expect(countOf('it.tf', `n = ${account}.default_secret_name\n`)).toBe(1);
    expect(repaired('it.tf', `n = ${account}.default_secret_name\n`)).toEqual([]);
  });

  it('is said in a guide, where nothing can be added to the end', () => {
    const text = 'Text.\n```hcl\nn = kubernetes_service_account.x.default_secret_name\n```\n';
    const [found] = foundIn({ path: 'it.md', text, beside: new Map() });
    expect(text.slice(found?.start, found?.end)).toBe('kubernetes_service_account.x.default_secret_name');
    expect(found?.fixes()).toEqual([]);
  });
});

it('what is made besides is preferred only where there is no doubt', () => {
  for (const [path, text, isPreferred] of [
    ['it.tf', 'n = kubernetes_service_account.x.default_secret_name\n', false],
    ['it.tf', 'wait_for_service_account_token = false\n', true],
    ['it.py', 'import a\nsa = b.read_namespaced_service_account("x")\nn = sa.secrets[0].name\n', false],
    ['it.py', `t = open("${FILE}").read()\nprint(t)\n`, false],
    ['it.go', 'rest.Config{\n\tBearerToken: a.BearerToken,\n}\n', true],
  ] as const) {
    const [found] = foundIn({ path, text, beside: new Map() });
    expect([text, found?.fixes().map((fix) => fix.isPreferred)]).toEqual([text, [isPreferred]]);
  }
});
