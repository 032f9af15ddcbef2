import { describe, expect, it } from 'vitest';
import type { ServiceAccountInfo } from '../../../src/cluster/api/objects.ts';
import { entryOf, type IssuedToken } from '../../../src/issued/entry.ts';
import type { FileState } from '../../../src/issued/file.ts';
import { issuedContext, issuedInWords, issuedRow } from '../../../src/editor/tree/issuedRow.ts';
import { stateOf } from '../../../src/issued/state.ts';
import type { Inventory } from '../../../src/inventory/inventory.ts';
import { localTime } from '../../../src/token/localTime.ts';
import { inventoryOf } from '../../support/texts/inventory.ts';
import { boundClaims, jwt, legacyClaims } from '../../support/tokens.ts';

const ISSUED = 1_800_000_000;
const EXPIRES = ISSUED + 3600;
const context = { name: 'sandbox', cluster: 'sandbox', server: 'https://127.0.0.1:6443' };

function recorded(claims: object, more: { hasSentinel?: boolean; file?: string } = {}): IssuedToken {
  const entry = entryOf({ token: jwt(claims), context, form: 'kubeconfig', ...more }, 'one', ISSUED);
  if (!entry) throw new Error('It is no token of a ServiceAccount.');
  return entry;
}
const unbound = recorded(boundClaims(), { file: '/home/me/one.kubeconfig' });

/** What is shown at a time, of a file, and of the ServiceAccounts that are there. */
const shown = (
  now = ISSUED,
  file: FileState = 'there',
  accounts: readonly ServiceAccountInfo[] = [],
): Inventory =>
  inventoryOf({
    accounts,
    secrets: [],
    issued: {
      of: () => [],
      state: (entry, ended) => stateOf(entry, { ended }, { now, soon: 600 }),
      file: () => file,
      replacedBy: () => undefined,
      seen: () => undefined,
    },
  });

describe('the row of an issued token', () => {
  it('says how it stands, until when, what ends it, and what is remembered', () => {
    expect(issuedRow(unbound, shown(), 'one.kubeconfig', false)).toEqual({
      label: 'one.kubeconfig',
      description: 'expires in 1 h · not revocable alone',
      tooltip: [
        '/home/me/one.kubeconfig',
        `Expires ${localTime(EXPIRES)}.`,
        `Issued ${localTime(ISSUED)} in context sandbox.`,
        'It ends only when it expires, or when its ServiceAccount is deleted.',
        'Audience https://kubernetes.default.svc.cluster.local',
        'Only its metadata is stored, never the token.',
      ],
      icon: 'pass',
      isWarning: false,
      spoken: 'Issued token',
    });
  });

  it.each([
    [recorded(boundClaims({ pod: { name: 'p', uid: 'u' } })), 'bound to Pod p', 'Pod kube-system/p'],
    [recorded(boundClaims({ node: { name: 'n', uid: 'u' } })), 'bound to Node n', 'Node n'],
    [recorded(boundClaims({ secret: { name: 's', uid: 'u' } })), 'bound to Secret s', 'Secret kube-system/s'],
    [
      recorded(boundClaims({ secret: { name: 's', uid: 'u' } }), { hasSentinel: true }),
      'revocable',
      'Secret kube-system/s',
    ],
    [recorded(boundClaims({ validatingwebhookconfiguration: { name: 'w', uid: 'u' } })), 'bound to w', 'w'],
    [recorded(legacyClaims()), 'token Secret mycontroller-token', 'Secret kube-system/mycontroller-token'],
  ])('says what it ends with: case %#', (entry, shortly, ends) => {
    const { description, tooltip } = issuedRow(entry, shown(), 'clipboard', false);
    expect(description?.split(' · ').at(-1)).toBe(shortly);
    expect(tooltip).toContain(`It ends with ${ends}, within about 10 s.`);
    expect(tooltip[0]).toBe('It was put on the clipboard.');
  });

  it('says of one that never expires that it does not', () => {
    expect(issuedRow(recorded(legacyClaims()), shown(), 'x', false).tooltip).toContain('It never expires.');
  });

  it.each([
    ['expired', unbound, EXPIRES + 61, 'expired', 'history'],
    ['revoked', { ...unbound, revoked: ISSUED + 5 }, ISSUED, 'revoked', 'circle-slash'],
  ])('says no more of what would end it once it is %s', (_what, entry, now, description, icon) => {
    const row = issuedRow(entry, shown(now), 'x', false);
    expect(row).toMatchObject({ description, icon });
    expect(row.tooltip.join()).not.toContain('ends it');
    expect(row.tooltip.includes(`Revoked from here ${localTime(ISSUED + 5)}.`)).toBe(
      description === 'revoked',
    );
    expect(issuedContext(entry, shown(now))).toMatch(/^issuedToken over/);
  });

  it('says why it has ended before its time', () => {
    const accounts = [{ namespace: 'kube-system', name: 'mycontroller', uid: 'another' }];
    const inventory = shown(ISSUED, 'there', accounts);
    const row = issuedRow(unbound, inventory, 'x', false);
    expect(row).toMatchObject({ description: 'ended: of an earlier ServiceAccount', icon: 'circle-slash' });
    expect(row.tooltip.join()).not.toContain('ends it');
    expect(issuedContext(unbound, inventory)).toBe('issuedToken over file renewable');
    expect(issuedInWords([unbound], inventory)).toBe('0 of 1 live');
  });

  it('warns where it expires soon', () => {
    const row = issuedRow(unbound, shown(EXPIRES - 600), 'x', false);
    expect(row).toMatchObject({ icon: 'warning', isWarning: true });
  });

  it('says what has become of its file', () => {
    expect(issuedRow(unbound, shown(ISSUED, 'gone'), 'x', false).description).toContain(' · file gone · ');
    const other = issuedRow(unbound, shown(ISSUED, 'other'), 'x', false);
    expect(other.description).toContain(' · no longer in its file · ');
    expect(other.tooltip[1]).toContain('has another token now');
  });
});

describe('the menu of an issued token', () => {
  it.each([
    [unbound, 'there', 'issuedToken living file renewable'],
    [unbound, 'other', 'issuedToken living file'],
    [unbound, 'unseen', 'issuedToken living file'],
    [unbound, 'gone', 'issuedToken living'],
    [recorded(boundClaims()), 'there', 'issuedToken living renewable'],
    [recorded(boundClaims()), 'unseen', 'issuedToken living'],
    [recorded(legacyClaims(), { file: '/f' }), 'there', 'issuedToken living file'],
  ] as const)('offers what its file allows: case %#', (entry, file, menu) => {
    expect(issuedContext(entry, shown(ISSUED, file))).toBe(menu);
  });
});

it('a group of issued tokens is said in a few words', () => {
  const revoked = { ...unbound, revoked: 1 };
  const later = { ...unbound, expires: EXPIRES + 3600 };
  expect(issuedInWords([], shown())).toBe('none');
  expect(issuedInWords([unbound, later], shown())).toBe('2');
  expect(issuedInWords([unbound, revoked], shown())).toBe('1 of 2 live');
  expect(issuedInWords([unbound, later, revoked], shown(EXPIRES - 60))).toBe('2 of 3 live · 1 expires soon');
});
