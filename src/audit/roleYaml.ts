import { manifestYaml, type ManifestPart } from '../manifest/buildManifest.ts';
import type { PolicyRule } from '../authorization/rules.ts';
import { durationInWords } from '../token/duration.ts';
import type { LeastRole } from './leastRole.ts';
import type { AccountUse, AuditSummary } from './summary.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** Roles and bindings that allow what a ServiceAccount did, with what the log cannot show said above. */
export function rolesYaml(
  account: AccountUse,
  roles: readonly LeastRole[],
  { requests, leftOut }: Pick<AuditSummary, 'requests' | 'leftOut'>,
): string {
  const comments = commentsOf(account, durationInWords(requests.last - requests.first), leftOut.accounts > 0);
  const parts = roles.flatMap((role) => partsOf(account, role));
  const [first, ...more] = parts;
  if (!first) {
    const lines = [...comments, 'It did nothing that needs a role of its own.'];
    return lines.map((line) => `# ${line}\n`).join('');
  }
  return manifestYaml([{ ...first, comments }, ...more]);
}

function commentsOf(account: AccountUse, span: string, isPart: boolean): string[] {
  const { namespace, name, refused, hasMoreActions } = account;
  return [
    `What ${namespace}/${name} did in an audit log of ${span}, and nothing else.`,
    'Not in the log: what it does less often, and what the audit policy leaves out. Roles that it',
    'gives or binds need rights of their own (escalate, bind), as do admission and other authorizers.',
    'Objects are named where they were few and are likely to keep their names.',
    ...(refused > 0 ? [`${refused} requests were refused with 403, and are left out.`] : []),
    ...(hasMoreActions || isPart ? ['It did more than could be kept: this is a part.'] : []),
  ];
}

function partsOf({ namespace: home, name }: AccountUse, { namespace, rules }: LeastRole): ManifestPart[] {
  const isEverywhere = namespace === '';
  const kind = isEverywhere ? 'ClusterRole' : 'Role';
  const title = isEverywhere ? `${home}-${name}-least` : `${name}-least`;
  const metadata = { name: title, ...(isEverywhere ? {} : { namespace }) };
  const apiVersion = `${RBAC}/v1`;
  const subjects = [{ kind: 'ServiceAccount', name, namespace: home }];
  return [
    { comments: [], object: { apiVersion, kind, metadata, rules: rules.map(plainRule) } },
    {
      comments: [],
      object: {
        apiVersion,
        kind: `${kind}Binding`,
        metadata,
        roleRef: { apiGroup: RBAC, kind, name: title },
        subjects,
      },
    },
  ];
}

function plainRule({ apiGroups, resources, resourceNames, nonResourceURLs, verbs }: PolicyRule): object {
  if (nonResourceURLs.length > 0) return { nonResourceURLs, verbs };
  return { apiGroups, resources, ...(resourceNames.length > 0 ? { resourceNames } : {}), verbs };
}
