import type { ServiceAccountInfo } from '../../cluster/api/objects.ts';
import type { TreeNode } from '../subject/row.ts';
import { since } from '../../versions.ts';

type Setting = TreeNode & { readonly kind: 'setting' };

const CLOUD_TIP =
  'An annotation of the ServiceAccount. Whether the cloud trusts this cluster cannot be told from here.';

/** What a ServiceAccount says of itself, as rows; none where it says nothing. */
export function settingsOf(account: ServiceAccountInfo): TreeNode[] {
  const { settings } = account;
  if (!settings) return [];
  const row = (label: string, description: string, tooltip: string, icon: string): Setting => ({
    kind: 'setting',
    account,
    label,
    description,
    tooltip,
    icon,
  });
  const { automount, imagePullSecrets, secrets, enforcesMountable, identities } = settings;
  const rows = identities.map(({ cloud, identity }) =>
    row(`${cloud} identity`, identity, CLOUD_TIP, 'cloud'),
  );
  if (automount !== undefined) {
    rows.push(
      row(
        automount ? 'Automount on' : 'Automount off',
        'unless a Pod says otherwise',
        `automountServiceAccountToken: ${automount}. A Pod's own field wins.`,
        automount ? 'circle-filled' : 'circle-slash',
      ),
    );
  }
  if (imagePullSecrets.length > 0) {
    const tip = 'imagePullSecrets: given to Pods that have none of their own.';
    rows.push(row('Image pull Secrets', imagePullSecrets.join(', '), tip, 'cloud-download'));
  }
  if (enforcesMountable) {
    const tip = `Annotation kubernetes.io/enforce-mountable-secrets, deprecated since ${since('deprecates enforce-mountable-secrets')}: Pods may name only the Secrets in .secrets.`;
    rows.push(row('Mounts listed Secrets only', secrets.join(', ') || 'none listed', tip, 'law'));
  }
  return rows;
}
