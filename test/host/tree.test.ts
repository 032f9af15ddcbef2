import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ServiceAccountInfo } from '../../src/cluster/api/objects.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import type { TreeNode } from '../../src/editor/subject/row.ts';
import { ServiceAccountTree } from '../../src/editor/tree/provider.ts';
import { inventoryOf } from '../support/texts/inventory.ts';
import { boundClaims, jwt } from '../support/tokens.ts';

const account = (namespace: string, name: string): ServiceAccountInfo => ({
  namespace,
  name,
  uid: `uid of ${name}`,
});

/** A tree of which the editor has asked for its first rows, and the ids of the rows that it draws again from then on. */
function shownTree(inventory: Inventory): { tree: ServiceAccountTree; drawn: (string | undefined)[] } {
  const tree = new ServiceAccountTree();
  tree.show(inventory);
  tree.getChildren();
  const drawn: (string | undefined)[] = [];
  tree.onDidChangeTreeData((changed) => {
    if (changed === undefined) drawn.push(undefined);
    else drawn.push(...[changed].flat().map((node) => tree.getTreeItem(node).id));
  });
  return { tree, drawn };
}

describe('what the tree draws again', () => {
  const inventory = inventoryOf({
    accounts: [account('apps', 'web'), account('ci', 'deployer'), account('kube-system', 'default')],
    secrets: [],
  });
  const nothing = { namespaces: new Set<string>(), access: false, states: false };

  it('is the namespace in which something changed, and no other', () => {
    const { tree, drawn } = shownTree(inventory);
    tree.update(inventory, { ...nothing, namespaces: new Set(['ci']) });
    assert.deepEqual(drawn, ['namespace/ci']);
    tree.update(inventory, { ...nothing, namespaces: new Set(['apps', 'kube-system']) });
    assert.deepEqual(drawn, ['namespace/ci', 'namespace/apps', 'namespace/kube-system']);
  });

  it('is nothing where the change is in a namespace without a row', () => {
    const { tree, drawn } = shownTree(inventory);
    tree.update(inventory, { ...nothing, namespaces: new Set(['elsewhere']) });
    assert.deepEqual(drawn, []);
  });

  it('is nothing where the filter hides the namespace', () => {
    const { tree, drawn } = shownTree(inventory);
    tree.show(inventory, { ...tree.choices, text: 'deployer' });
    tree.getChildren();
    drawn.length = 0;
    tree.update(inventory, { ...nothing, namespaces: new Set(['apps']) });
    assert.deepEqual(drawn, []);
  });

  it('is everything where namespaces come or go, and where access or a state is another', () => {
    const { tree, drawn } = shownTree(inventory);
    tree.update(inventory, { ...nothing, access: true });
    tree.update(inventory, { ...nothing, states: true });
    const more = inventoryOf({ accounts: [account('apps', 'web'), account('new', 'default')], secrets: [] });
    tree.update(more, { ...nothing, namespaces: new Set(['new']) });
    assert.deepEqual(drawn, [undefined, undefined, undefined]);
  });

  it('is the same row for the editor as before, so that it stays open', () => {
    const { tree } = shownTree(inventory);
    const [before] = tree.getChildren();
    tree.update(inventory, { ...nothing, namespaces: new Set(['apps']) });
    assert.equal(tree.getChildren()[0], before);
  });
});

describe('the row of access', () => {
  const accounts = [account('ci', 'deployer')];
  const iconOf = (resources: readonly string[]): vscode.ThemeIcon => {
    const rule = { verbs: ['get'], apiGroups: [''], resources, resourceNames: [], nonResourceURLs: [] };
    const role = { namespace: '', name: 'r', uid: 'u', rules: [rule] };
    const binding = { namespace: '', name: 'b' };
    const given = { role: { kind: 'ClusterRole', name: 'r' }, binding, group: undefined } as const;
    const { tree } = shownTree(inventoryOf({ accounts, secrets: [], access: { given, role } }));
    const [info] = accounts;
    assert.ok(info);
    const { iconPath } = tree.getTreeItem({ kind: 'group', group: 'access', account: info });
    assert.ok(iconPath instanceof vscode.ThemeIcon);
    return iconPath;
  };

  it('stands out where one of its roles does', () => {
    assert.equal(iconOf(['secrets']).color?.id, 'list.warningForeground');
    assert.equal(iconOf(['services']).color, undefined);
  });
});

describe('the document of an object', () => {
  const open = async (path: string): Promise<string> =>
    (
      await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme: 'serviceaccount-manifest', path }))
    ).getText();

  it('is its manifest, whatever stands in its name', async () => {
    assert.match(
      await open('/api/v1/namespaces/kube-system/serviceaccounts/default.yaml'),
      /^kind: ServiceAccount$/m,
    );
    assert.match(
      await open('/apis/rbac.authorization.k8s.io/v1/clusterroles/system:discovery.yaml'),
      /^ {2}name: ["']?system:discovery["']?$/m,
    );
  });

  it('is of one object that the tree has a row for, and of nothing else that a link may name', async () => {
    for (const path of [
      '/api/v1/secrets.yaml',
      '/api/v1/namespaces/kube-system/secrets.yaml',
      '/api/v1/namespaces/kube-system/secrets/.yaml',
      '/api/v1/namespaces/kube-system/secrets/x/.yaml',
      '/api/v1/namespaces/kube-system/serviceaccounts/...yaml',
      '/api/v1/namespaces/kube-system/pods/x/log.yaml',
      '/api/v1/namespaces/kube-system/configmaps/kube-root-ca.crt.yaml',
      '/api/v1/namespaces/../secrets.yaml',
      '/api/v1/nodes/x.yaml',
    ]) {
      await assert.rejects(open(path), /There is no such document/, path);
    }
  });
});

describe('a row of hostile names', () => {
  const evil =
    '\u202E[x](command:evil) <img src=x onerror=alert(1)> **b** `c` | $(zap) https://evil.example\n# h\n\u0007&lt;';
  const long = 'n'.repeat(200_000);

  /** Every row of a cluster in which all that a stranger chooses is a text. */
  function itemsOf(text: string): readonly vscode.TreeItem[] {
    const hostile = {
      ...account('ci', text),
      settings: {
        automount: undefined,
        imagePullSecrets: [text],
        secrets: [text],
        enforcesMountable: true,
        identities: [{ cloud: 'EKS', identity: text }],
      },
    } as const;
    const token = { path: `/var/${text}`, audience: text, expirationSeconds: 600 };
    const secret = { ...account('ci', text), lastUsed: text, invalidSince: text };
    const { tree } = shownTree(
      inventoryOf({
        accounts: [hostile],
        secrets: [
          { ...secret, serviceAccount: text },
          { ...secret, name: 'orphan', serviceAccount: `no ${text}` },
        ],
        pods: [
          {
            ...account('ci', 'agent'),
            serviceAccount: text,
            phase: text,
            node: text,
            secrets: [{ name: text, folder: text }],
            projectedTokens: Array.from({ length: 100 }, () => token),
          },
        ],
      }),
    );
    const all: TreeNode[] = [];
    const walk = (node?: TreeNode): void => {
      for (const child of tree.getChildren(node)) {
        all.push(child);
        walk(child);
      }
    };
    walk();
    return all.map((node) => tree.getTreeItem(node));
  }

  const tipOf = ({ tooltip }: vscode.TreeItem): vscode.MarkdownString => {
    assert.ok(tooltip instanceof vscode.MarkdownString);
    return tooltip;
  };
  const saidBy = ({ label, description, accessibilityInformation }: vscode.TreeItem): readonly string[] => [
    typeof label === 'string' ? label : '',
    typeof description === 'string' ? description : '',
    accessibilityInformation?.label ?? '',
  ];

  it('has a tooltip in which nothing acts and nothing is hidden', () => {
    const items = itemsOf(evil);
    assert.deepEqual(
      new Set(items.map(({ id }) => id?.split('/')[0])),
      new Set([
        'namespace',
        'orphans',
        'tokenSecret',
        'serviceAccount',
        'tokenSecrets',
        'pods',
        'pod',
        'access',
        'issuedTokens',
        'setting',
      ]),
    );
    for (const item of items) {
      const { value, isTrusted, supportHtml, supportThemeIcons } = tipOf(item);
      assert.doesNotMatch(
        value.replaceAll('\n\n', ' '),
        /\]\(|<|`|\*\*|\$\(|https:|&lt;|# h|[\p{Cc}\p{Cf}]/mu,
      );
      assert.ok(isTrusted !== true && supportHtml !== true && supportThemeIcons !== true);
      for (const said of saidBy(item)) assert.doesNotMatch(said, /[\p{Cc}\p{Cf}]/u);
    }
  });

  it('is short, however long they are', () => {
    for (const item of itemsOf(long)) {
      const lines = tipOf(item).value.split('\n\n');
      assert.ok(lines.length <= 13, `${lines.length} lines`);
      for (const line of [...lines, ...saidBy(item)])
        assert.ok(line.length <= 500, `${line.length} characters`);
    }
  });

  it('says how many lines of a tooltip are left out', () => {
    const pod = itemsOf('web').find(({ id }) => id?.startsWith('pod/') === true);
    assert.ok(pod);
    assert.match(tipOf(pod).value, /and 92 more$/);
  });

  it('repeats no token', () => {
    const token = jwt(boundClaims());
    for (const item of itemsOf(token)) {
      for (const said of [tipOf(item).value, ...saidBy(item)]) assert.ok(!said.includes('eyJ'), said);
    }
  });
});
