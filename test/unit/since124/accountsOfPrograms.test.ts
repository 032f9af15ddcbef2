import { describe, expect, it } from 'vitest';
import { foundIn } from '../../support/texts/outdatedCorpus.ts';

const marked = (path: string, text: string): string[] =>
  foundIn({ path, text, beside: new Map() }).map(({ start, end }) => text.slice(start, end));

interface Language {
  readonly path: string;
  /** How `acc` comes to be a ServiceAccount. */
  readonly accounts: readonly string[];
  /** How it comes to be something else, or not for sure. */
  readonly others: readonly string[];
  readonly reads: readonly string[];
  readonly otherReads: readonly string[];
}

const languages: readonly Language[] = [
  {
    path: 'it.go',
    accounts: [
      'acc, err := c.CoreV1().ServiceAccounts("n").Get(ctx)',
      'acc, _ = c.ServiceAccounts(n).Create(ctx)',
      'acc,err:=c.ServiceAccounts(n).Update(ctx)',
      '\tacc := c.ServiceAccounts(n).Patch(ctx)',
      'acc := corev1.ServiceAccount{}',
      'acc := &v1.ServiceAccount{}',
      'acc  :=  apiv1.ServiceAccount{}',
      'acc,  err  :=  k8sv1.ServiceAccount{}, nil',
      'var  acc  corev1.ServiceAccount',
      'var acc *v1.ServiceAccount',
      'var acc apiv1.ServiceAccount',
      'func f(acc *corev1.ServiceAccount) {',
      'func f(a int,  acc  v1.ServiceAccount) {',
      'func f(a int,acc apiv1.ServiceAccount) {',
    ],
    others: [
      'acc := c.ServiceAccounts(n).List(ctx)',
      'acc := c.ServiceAccounts(n).GetX(ctx)',
      'acc := c.ServiceAccounts(n)\n.Get(ctx)',
      'acc := corev1.ServiceAccounts{}',
      'acc := xv1.ServiceAccount{}',
      'var acc v1.ServiceAccountList',
      'myvar acc v1.ServiceAccount',
      'func f(acc v1.ServiceAccountX) {',
      'f(acc, v1.ServiceAccount{})',
      'acc := v1.Secret{}',
    ],
    reads: [
      'acc.Secrets[',
      'len(acc.Secrets) ==',
      'len(acc.Secrets)<',
      'len(acc.Secrets)  >',
      'len(acc.Secrets) !=',
    ],
    otherReads: [
      'xacc.Secrets[0]',
      'acc.Secretsx[0]',
      'xlen(acc.Secrets) == 0',
      'len(acc.Secrets)',
      'acc.Secrets.x',
      'len(acc.Secrets) + 1',
    ],
  },
  {
    path: 'it.java',
    accounts: [
      'var acc = api.readNamespacedServiceAccount("x");',
      'V1ServiceAccount acc = a();',
      'ServiceAccount  acc;',
      'ServiceAccount acc  =  a();',
      'final var acc = client.serviceAccounts().a();',
    ],
    others: [
      'V1ServiceAccounts acc = a();',
      'XServiceAccount acc = a();',
      'ServiceAccount acc() {',
      'MyV1ServiceAccount acc = a();',
    ],
    reads: [
      'acc.getSecrets().get(',
      'acc.getSecrets().stream()',
      'acc.getSecrets().iterator()',
      'acc.getSecrets().isEmpty()',
    ],
    otherReads: ['xacc.getSecrets().get(0)', 'acc.getSecrets().size()', 'acc.getSecrets()'],
  },
  {
    path: 'it.cs',
    accounts: [
      'var acc = await c.ReadNamespacedServiceAccountAsync("x");',
      'V1ServiceAccount  acc  = a();',
      'V1ServiceAccount acc;',
    ],
    others: ['MyV1ServiceAccount acc = a();', 'V1ServiceAccountList acc = a();', 'V1ServiceAccount acc() {'],
    reads: [
      'acc.Secrets[',
      'acc.Secrets?[',
      'acc.Secrets.First',
      'acc.Secrets?.Single',
      'acc.Secrets.ElementAt',
    ],
    otherReads: ['xacc.Secrets[0]', 'acc.Secrets.Count', 'acc.SecretsX[0]'],
  },
  {
    path: 'it.rs',
    accounts: [
      'let acc: ServiceAccount = a();',
      'let  mut  acc:  ServiceAccount = a();',
      'let acc:ServiceAccount;',
    ],
    others: [
      'xlet acc: ServiceAccount = a();',
      'let acc: ServiceAccounts = a();',
      'let acc: MyServiceAccount = a();',
    ],
    reads: [
      'acc.secrets.unwrap',
      'acc.secrets.as_ref',
      'acc.secrets.clone',
      'acc.secrets.expect',
      'acc.secrets.iter',
    ],
    otherReads: ['xacc.secrets.unwrap()', 'acc.secrets.unwrapped()', 'acc.secrets.len()'],
  },
  {
    path: 'it.ts',
    accounts: [
      'const acc = await api.readNamespacedServiceAccount({ a });',
      'const { body: acc } = await api.readNamespacedServiceAccount(a);',
      'acc=api.readNamespacedServiceAccount(a);',
      'function f(acc: V1ServiceAccount) {',
      'function f(acc:  k8s.V1ServiceAccount) {',
      'const acc = new k8s.core.v1.ServiceAccount("a");',
      'const acc  =  new  core.v1.ServiceAccount("a");',
    ],
    others: [
      'readNamespacedServiceAccount(acc);',
      'function f(acc: V1ServiceAccounts) {',
      'function f(acc: MyV1ServiceAccount) {',
      'const acc = new k8s.core.v1.ServiceAccounts("a");',
      'const acc = new a.b.core.v1.ServiceAccount("a");',
      'const acc = renew k8s.core.v1.ServiceAccount("a");',
    ],
    reads: ['acc.secrets[', 'acc.body.secrets[', 'acc?.secrets?.[', 'acc.secrets![', 'acc.secrets.apply('],
    otherReads: ['xacc.secrets[0]', 'acc.secretsx[0]', 'acc.secrets.length', 'acc.other.secrets[0]'],
  },
  {
    path: 'it.py',
    accounts: [
      'acc = api.read_namespaced_service_account("x")',
      'def f(acc: V1ServiceAccount):',
      'def f(acc:  client.V1ServiceAccount):',
      'acc = k8s.core.v1.ServiceAccount("a")',
      'acc  =  core.v1.ServiceAccount("a")',
    ],
    others: [
      'acc.read_namespaced_service_account("x")',
      'def f(acc: V1ServiceAccountList):',
      'def f(acc: MyV1ServiceAccount):',
      'acc = a.b.core.v1.ServiceAccount("a")',
      'acc = core.v1.ServiceAccounts("a")',
    ],
    reads: ['acc.secrets[', 'acc.secrets.apply('],
    otherReads: ['xacc.secrets[0]', 'acc.secretsx[0]', 'acc.secrets.append(x)'],
  },
];

describe.each(languages)(
  'a ServiceAccount’s secrets in $path',
  ({ path, accounts, others, reads, otherReads }) => {
    const [first = ''] = accounts;
    const [read = ''] = reads;

    it('are found however the account comes about', () => {
      for (const account of accounts) {
        const text = `${account}\na(${read} 0)\n`;
        expect([account, marked(path, text)]).toEqual([account, [read]]);
      }
    });

    it('are let alone of what only looks like one', () => {
      for (const other of others)
        expect([other, marked(path, `${other}\na(${read} 0)\n`)]).toEqual([other, []]);
    });

    it('are found however they are read', () => {
      for (const one of reads) expect([one, marked(path, `${first}\na(${one}\n`)]).toEqual([one, [one]]);
    });

    it('are let alone where something else is read', () => {
      for (const one of otherReads) expect([one, marked(path, `${first}\na(${one}\n`)]).toEqual([one, []]);
    });
  },
);
