import { describe, expect, it } from 'vitest';
import { foundIn } from '../../support/texts/outdatedCorpus.ts';

const FILE = '/run/secrets/kubernetes.io/serviceaccount/token';

const marked = (path: string, text: string): string[] =>
  foundIn({ path, text, beside: new Map() }).map(({ start, end }) => text.slice(start, end));

describe('a program', () => {
  it('reads the secrets of what a call gives at once', () => {
    for (const [path, text, place] of [
      ['it.py', 'a = b.read_namespaced_service_account(c).secrets[0]', '.secrets'],
      ['it.java', 'a = b.readNamespacedServiceAccount(c).getSecrets().get(0);', '.getSecrets().get'],
      ['it.cs', 'a = b.ReadNamespacedServiceAccount(c).Secrets[0];', '.Secrets'],
      ['it.cs', 'a = (await b.ReadNamespacedServiceAccountAsync(c)).Secrets[0];', ').Secrets'],
      ['it.ts', 'a = (await b.readNamespacedServiceAccount(c)).secrets![0];', ').secrets!'],
      ['it.ts', 'a = (await b.readNamespacedServiceAccount(c)).body.secrets?.[0];', ').body.secrets?.'],
      ['it.ts', 'a = b.readNamespacedServiceAccount(c).secrets[0];', '.secrets'],
      ['it.ts', 'a = (await b.readNamespacedServiceAccount(c)).secrets[0];', ').secrets'],
    ] as const) {
      expect([text, marked(path, text)]).toEqual([text, [place]]);
    }
    expect(marked('it.py', 'a = b.read_namespaced_service_account(c)\n(d).secrets[0]\n')).toEqual([]);
    expect(marked('it.py', `a = b.read_namespaced_service_account(${' '.repeat(300)}).secrets[0]\n`)).toEqual(
      [],
    );
  });

  it('is let alone where it has another way', () => {
    const text = 'sa := &v1.ServiceAccount{}\na(sa.Secrets[0])\n';
    expect(marked('it.go', text)).toHaveLength(1);
    for (const other of [
      'a.CreateToken(b)',
      'create_namespaced_service_account_token',
      'createNamespacedServiceAccountToken',
      'TokenRequest',
      'SecretTypeServiceAccountToken',
      '"kubernetes.io/service-account-token"',
      'a.ServerVersion()',
      'a.Minor < b',
      'minorVersion',
      'server_version',
      '"1.24"',
      'a.Secrets = append(b)',
      'a.Secrets  =  []b',
      'a.Secrets=[]b',
    ]) {
      expect([other, marked('it.go', `${text}${other}\n`)]).toEqual([other, []]);
      expect([other, marked('it.go', `${text}// ${other}\n`)]).toEqual([other, ['sa.Secrets[']]);
    }
    for (const other of [
      'aMinor',
      'Minority',
      '"1.240"',
      '"11.24"',
      '"1.26"',
      'a.Secrets = b',
      'CreateTokens(a)',
    ])
      expect([other, marked('it.go', `${text}${other}\n`)]).toEqual([other, ['sa.Secrets[']]);
  });

  it.each([
    [
      'returns another name',
      ['if len(sa.Secrets) > 0 {', 'return sa.Secrets[0].Name', '}', 'return b(sa)'],
      0,
    ],
    [
      'returns another name, asked otherwise',
      ['if len(sa.Secrets) != 0 {', 'return sa.Secrets[0].Name', '}', 'return b'],
      0,
    ],
    ['returns nothing', ['if len(sa.Secrets) > 0 {', 'return sa.Secrets[0].Name', '}', 'return ""'], 2],
    ['returns blanks', ['if len(sa.Secrets) > 0 {', 'return sa.Secrets[0].Name', '}', 'return "  "'], 2],
    ['returns nil', ['if len(sa.Secrets) > 0 {', 'return sa.Secrets[0].Name', '}', 'return nil'], 2],
    ['returns an error', ['if len(sa.Secrets) > 0 {', 'return sa.Secrets[0].Name', '}', 'return a, err'], 2],
    [
      'returns an error of its own',
      ['if len(sa.Secrets) > 0 {', 'return sa.Secrets[0].Name', '}', 'return ErrNone'],
      2,
    ],
    ['goes on', ['if len(sa.Secrets) > 0 {', 'return sa.Secrets[0].Name', '}', 'a()'], 2],
    ['does more first', ['if len(sa.Secrets) > 0 {', 'a()', 'return sa.Secrets[0].Name', '}', 'return b'], 2],
    ['does more then', ['if len(sa.Secrets) > 0 {', 'return sa.Secrets[0].Name', 'a()', '}', 'return b'], 2],
    ['ends otherwise', ['if len(sa.Secrets) > 0 {', 'return sa.Secrets[0].Name', 'x', 'return b'], 2],
    [
      'asks only then',
      ['use(sa.Secrets[0])', '', 'if len(sa.Secrets) > 0 {', 'return sa.Secrets[0].Name', '}', 'return b'],
      1,
    ],
    ['asks for more', ['if len(sa.Secrets) > 1 {', 'return sa.Secrets[0].Name', '}', 'return b'], 2],
    ['returns it at once', ['return sa.Secrets[0].Name', '}', 'return b(sa)'], 1],
    ['asks another', ['if len(sb.Secrets) > 0 {', 'return sa.Secrets[0].Name', '}', 'return b'], 1],
  ])('that takes the first and else %s', (_how, lines, count) => {
    for (const [margin, before] of [
      ['', 'var sa v1.ServiceAccount'],
      ['\t\t', 'func f(sa *v1.ServiceAccount) {'],
    ] as const) {
      const text = `${before}\n${lines.map((line) => `${margin}${line}\n`).join('')}`;
      expect(marked('it.go', text)).toHaveLength(count);
    }
  });

  it.each([
    ['it.go', 'exec.Command("kubectl", "get", "sa", name, "-o", "{.secrets[0]}")', 1],
    ['it.go', 'a("/usr/bin/kubectl",\n\t"-n", ns,\n\t"get", "sa/x", "-o", "{.secrets[0]}")', 1],
    ['it.py', 'run(["kubectl", "get", "sa", self.name[0], "-o", "{{index .secrets 0}}"])', 1],
    ['it.go', 'a("mykubectl", "get", "sa", "x", "-o", "{.secrets[0]}")', 0],
    ['it.go', 'a("kubectl2", "get", "sa", "x", "-o", "{.secrets[0]}")', 0],
    ['it.go', 'a("kubectl", "get", "sa", "x"); b("{.secrets[0]}")', 0],
    ['it.go', 'a("kubectl", "get", "sa", "x") b("{.secrets[0]}")', 0],
    ['it.go', 'a("kubectl", "get", "sa", "x", {"{.secrets[0]}"})', 0],
    ['it.go', 'a("kubectl", "get", "sa", "x", "{.secretsx}")', 0],
    ['it.go', 'a("kubectl", "get", "x", "sa", "{.secrets[0]}")', 0],
    ['it.go', 'a("kubectl", "wait", "sa", "x", "{.secrets[0]}")', 0],
    ['it.go', 'if minor { a("kubectl", "get", "sa", "x", "{.secrets[0]}") }', 0],
    ['it.go', `if minor {}${' '.repeat(2100)}; a("kubectl", "get", "sa", "x", "{.secrets[0]}")`, 1],
    ['it.go', `a("kubectl", "get", "sa", ${'x'.repeat(116)}, "{.secrets[0]}")`, 1],
    ['it.go', `a("kubectl", "get", "sa", ${'x'.repeat(117)}, "{.secrets[0]}")`, 0],
    ['it.go', `a("kubectl", "get", "sa", ${'x'.repeat(121)}, "{.secrets[0]}")`, 0],
    ['it.go', `a("${'x'.repeat(81)}/kubectl", "get", "sa", "{.secrets[0]}")`, 0],
    ['it.go', `a("kubectl", ${'"--x", '.repeat(30)}"get", "sa", "{.secrets[0]}")`, 0],
    ['it.go', `a("kubectl", ${'"--x", '.repeat(26)}"get", "sa", "{.secrets[0]}")`, 1],
  ])('that calls a command line is read: %s, %s', (path, text, count) => {
    expect(marked(path, `${text}\n`)).toHaveLength(count);
  });

  it.each([
    ['it.py', `t = open("${FILE}").read()`, 1],
    ['it.py', `t:str=open('${FILE}', "r").read()`, 1],
    ['it.py', `t : str = pathlib.Path("${FILE}").read_text()`, 1],
    ['it.py', `t = open("/var${FILE}").read().strip()`, 1],
    ['it.py', `  t = open("${FILE}").read()`, 0],
    ['it.py', `t = open("${FILE}")`, 0],
    ['it.py', `t = reopen("${FILE}").read()`, 0],
    ['it.py', `t = open("${FILE}.old").read()`, 0],
    ['it.py', `t += open("${FILE}").read()`, 0],
    ['it.py', `x; t = open("${FILE}").read()`, 0],
    ['it.py', `t = open("${FILE}").reads()`, 0],
    ['it.js', `const t = readFileSync('${FILE}')`, 1],
    ['it.js', `export let t=fs.readFileSync('${FILE}')`, 1],
    ['it.ts', `var t : string = await fs.promises.readFile('${FILE}')`, 1],
    ['it.ts', `let t:string = fs.readFile('${FILE}')`, 1],
    ['it.js', `  const t = readFileSync('${FILE}')`, 0],
    ['it.js', `x; const t = readFileSync('${FILE}')`, 0],
    ['it.js', `const t = rereadFileSync('${FILE}')`, 0],
    ['it.js', `t = readFileSync('${FILE}')`, 0],
    ['it.go', `var t = readFileSync("${FILE}") // .secrets`, 0],
    ['it.go', `var t = readFileSync("${FILE}")`, 0],
    ['it.py', `a(token_reviewer_jwt=open("${FILE}").read())`, 1],
    ['it.js', `  a({ token_reviewer_jwt: await readFileSync('${FILE}') })`, 1],
    ['it.js', `a({\ntoken_reviewer_jwt: readFileSync('${FILE}') })`, 1],
    ['it.js', `a({ token_reviewer_jwt: '${FILE}' })`, 0],
    ['it.py', `open("x", "${FILE}", token_reviewer_jwt=x)`, 0],
    ['it.py', `a(my_token_reviewer_jwts=f("${FILE}").read)`, 0],
  ])('that reads a mounted token is told where that is once: %s, %s', (path, text, count) => {
    expect(marked(path, `${text}\n`)).toHaveLength(count);
  });

  it.each([
    ['rest.Config{BearerToken: a.BearerToken}', ['BearerToken: a.BearerToken']],
    ['rest.Config{\nBearerToken:a.BearerToken,\n}', ['BearerToken:a.BearerToken']],
    ['rest.Config{A: B{}, BearerToken:   a_1.BearerToken}', ['BearerToken:   a_1.BearerToken']],
    ['rest.Config{A: B{}} ; x{BearerToken: a.BearerToken}', []],
    ['myrest.Config{BearerToken: a.BearerToken}', []],
    ['rest.Config{XBearerToken: a.BearerToken}', []],
    ['rest.Config{BearerToken: a.BearerTokens}', []],
    ['rest.Config{BearerToken: a.b.BearerToken}', []],
    ['rest.Config{BearerToken: "a.BearerToken"}', []],
    ['rest.Config{BearerToken: a.BearerToken, BearerTokenFile: b}', []],
    [`rest.Config{${' '.repeat(4001)}BearerToken: a.BearerToken}`, []],
  ])('that copies a configuration of client-go is told where that lacks the file: %j', (text, places) => {
    expect(marked('it.go', `${text}\n`)).toEqual(places);
  });
});

it('a program that takes the first at once is told so, on its first line too', () => {
  expect(marked('it.go', 'return sa.Secrets[0].Name\n}\nreturn b(sa)\nvar sa v1.ServiceAccount\n')).toEqual([
    'sa.Secrets[',
  ]);
});

it('a configuration of client-go is looked for in Go alone', () => {
  for (const path of ['it.java', 'it.cs', 'it.rs', 'it.ts', 'it.py'])
    expect([path, marked(path, 'rest.Config{BearerToken: a.BearerToken} .secrets getSecrets()\n')]).toEqual([
      path,
      [],
    ]);
});

describe('the comments and texts of a program', () => {
  const read = 'sa.Secrets[0]';

  it.each([
    ['go', `// ${read}\n`],
    ['go', `/* \n ${read} */`],
    ['go', `/*/ ${read} */`],
    ['go', `/* ${read}`],
    ['go', `// ${read}`],
    ['go', `"${read}"`],
    ['go', `"\\"${read}"`],
    ['go', `'${read}'`],
    ['go', `\`\n${read}\\\``],
    ['go', `\`${read}`],
  ])('are not looked into: %s, %j', (language, text) => {
    expect(marked(`it.${language}`, `var sa v1.ServiceAccount\n${text}`)).toEqual([]);
  });

  it.each([
    ['go', `// a\n${read}`],
    ['go', `/* a */${read}`],
    ['go', `/**/${read}`],
    ['go', `/*/ a */${read}`],
    ['go', `"//" + ${read}`],
    ['go', `"/*" + ${read}`],
    ['go', `"a\\\\" + ${read}`],
    ['go', `'"' + ${read}`],
    ['go', `\`\\\` + ${read}`],
    ['go', `"a\n${read}`],
    ['go', `a / b + ${read}`],
    ['go', `# ${read}`],
  ])('hide nothing else: %s, %j', (language, text) => {
    expect(marked(`it.${language}`, `var sa v1.ServiceAccount\n${text}`)).toEqual(['sa.Secrets[']);
  });

  it('are those of each language', () => {
    const tells = (path: string, before: string, account: string, one: string): boolean =>
      marked(path, `${account}\n${before}${one}\n`).length === 0;
    const python = (before: string): boolean =>
      tells('it.py', before, 'def f(sa: V1ServiceAccount):', 'sa.secrets[0]');
    expect(['# ', '"""\n', "'''\n", '"', "'", '"""a"\n'].map(python)).toEqual(
      Array.from({ length: 6 }, () => true),
    );
    expect(['// ', '/* ', '`', '""" """', "'''a'''", '"""a\\""""'].map(python)).toEqual(
      Array.from({ length: 6 }, () => false),
    );
    const typeScript = (before: string): boolean =>
      tells('it.ts', before, 'f(sa: V1ServiceAccount)', 'sa.secrets[0]');
    expect(['// ', '/* ', '`\n', '"', "'"].map(typeScript)).toEqual(Array.from({ length: 5 }, () => true));
    expect(['# ', '`\\``', '"""" '].map(typeScript)).toEqual([false, false, false]);
    const java = (before: string): boolean =>
      tells('it.java', before, 'ServiceAccount sa;', 'sa.getSecrets().get(0)');
    expect(['// ', '/* ', '"""\n', '"', "'"].map(java)).toEqual(Array.from({ length: 5 }, () => true));
    expect(['# ', '`', '"""\n"\n"""'].map(java)).toEqual([false, false, false]);
    const sharp = (before: string): boolean =>
      tells('it.cs', before, 'V1ServiceAccount sa;', 'sa.Secrets[0]');
    expect(['// ', '/* ', '"""\n', '"', "'"].map(sharp)).toEqual(Array.from({ length: 5 }, () => true));
    const rust = (before: string): boolean =>
      tells('it.rs', before, 'let sa: ServiceAccount;', 'sa.secrets.unwrap()');
    expect(['// ', '/* ', '"'].map(rust)).toEqual([true, true, true]);
    expect(["'", '# ', '`'].map(rust)).toEqual([false, false, false]);
    const terraform = (before: string): boolean =>
      tells('it.tf', before, '', 'kubernetes_token_request.x.token');
    expect(['# ', '// ', '/* '].map(terraform)).toEqual([true, true, true]);
    expect(["'", '"', '`'].map(terraform)).toEqual([false, false, false]);
    const line = 'kubectl get sa x -o jsonpath={.secrets[0].name}';
    const groovy = (text: string): boolean => marked('Jenkinsfile', `${text}\n`).length === 1;
    expect([`"${line}"`, `'${line}'`, `'''\n${line}\n'''`, `"""\n${line}\n"""`].map(groovy)).toEqual(
      Array.from({ length: 4 }, () => true),
    );
    expect([line, `// "${line}"`, `/* "${line}" */`].map(groovy)).toEqual([false, false, false]);
  });
});
