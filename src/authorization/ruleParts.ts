import { since } from '../versions.ts';
import { hasNamespace } from './grants.ts';
import { allowedByAny, type Action, type PolicyRule } from './rules.ts';

/** What makes a role worth a second look: whoever holds it can get further than the role says. */
export type Mark =
  | 'everything' // every verb on every resource, as cluster-admin
  | 'wildcard' // every verb, or every resource of some group
  | 'reads-secrets'
  | 'creates-tokens'
  | 'impersonates'
  | 'impersonates-within-limits'
  | 'escalates' // escalate or bind: may give itself what it has not
  | 'creates-workloads'
  | 'enters-pods'
  | 'reaches-nodes'
  | 'approves-certificates'
  | 'changes-admission';

/** Something that rules allow and that counts towards a mark. */
export type Part = string;

/** `isEverywhere`: the rules are given for all namespaces, and for what has none. */
type Test = (rules: readonly PolicyRule[], isEverywhere: boolean) => boolean;

interface Telling {
  readonly mark: Mark;
  readonly words: string;
  /** What it leads to, a sentence. */
  readonly means: string;
  /** Each is enough, where all its tests are passed. */
  readonly ways: readonly (readonly Test[])[];
}

const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';
const CERTIFICATES = 'certificates.k8s.io';
const AUTHENTICATION = 'authentication.k8s.io';

/** Any of some verbs on any of some resources of a group. */
const may =
  (verbs: readonly string[], group: string, resources: readonly string[], isNamespaced = true): Test =>
  (rules, isEverywhere) =>
    verbs.some((verb) =>
      resources.some((resource) => {
        const action: Action = { verb, group, resource };
        return (isEverywhere || hasNamespace(action, isNamespaced)) && isAllowed(rules, action);
      }),
    );

const WRITES = ['create', 'update', 'patch'];

/** Each mode of constrained impersonation, and what it makes one (apiserver pkg/endpoints/filters/impersonation/mode.go). */
const MODES: readonly (readonly [mode: string, resource: string])[] = [
  ['user-info', 'users'],
  ['serviceaccount', 'serviceaccounts'],
  ['arbitrary-node', 'nodes'],
  ['associated-node', 'nodes'],
];

const TELLING: readonly Telling[] = [
  {
    mark: 'everything',
    words: 'may do everything',
    means: 'Every verb on every resource, where the role counts.',
    ways: [[(rules) => rules.some(isEverything)]],
  },
  {
    mark: 'wildcard',
    words: 'wildcard',
    means: 'Every verb, or every resource of a group, also those that come with a later version.',
    ways: [[(rules) => rules.some(isWildcard)]],
  },
  {
    // Listing and watching Secrets gives their data as getting them does.
    mark: 'reads-secrets',
    words: 'reads Secrets',
    means: 'Whoever reads Secrets has the tokens in them.',
    ways: [[may(['get', 'list', 'watch'], '', ['secrets'])]],
  },
  {
    mark: 'creates-tokens',
    words: 'creates tokens',
    means: 'Whoever creates serviceaccounts/token gets tokens of other ServiceAccounts.',
    ways: [[may(['create'], '', ['serviceaccounts/token'])]],
  },
  {
    mark: 'impersonates',
    words: 'impersonates',
    means: 'Whoever impersonates somebody may do all that they may.',
    ways: [[may(['impersonate'], '', ['users', 'groups', 'serviceaccounts'])]],
  },
  {
    // A mode needs both of its verbs: whom one may be, and what one may do as them.
    mark: 'impersonates-within-limits',
    words: 'impersonates within limits',
    means: `Constrained impersonation, on from Kubernetes ${since('impersonates within limits')}: may do as somebody else what impersonate-on verbs allow.`,
    ways: MODES.map(([mode, resource]) => [
      may([`impersonate:${mode}`], AUTHENTICATION, [resource]),
      (rules) => rules.some(({ verbs }) => verbs.some((verb) => isOn(verb, mode))),
    ]),
  },
  {
    // Both are verbs of their own (kubernetes pkg/registry/rbac/escalation_check.go).
    mark: 'escalates',
    words: 'escalates',
    means: 'The verbs escalate and bind let one give rights that one has not.',
    ways: [
      [may(['escalate', 'bind'], RBAC, ['roles'])],
      [may(['escalate', 'bind'], RBAC, ['clusterroles'], false)],
    ],
  },
  {
    // A Job's template cannot be changed once it is there.
    mark: 'creates-workloads',
    words: 'creates workloads',
    means:
      'Whoever makes Pods, or what makes Pods, runs them as any ServiceAccount of the namespace, and has the token of each.',
    ways: [
      [may(['create'], '', ['pods'])],
      [may(WRITES, '', ['replicationcontrollers'])],
      [may(WRITES, 'apps', ['daemonsets', 'deployments', 'replicasets', 'statefulsets'])],
      [may(WRITES, 'batch', ['cronjobs'])],
      [may(['create'], 'batch', ['jobs'])],
    ],
  },
  {
    // To get is to connect by WebSocket, for servers before 'wants create to connect'.
    mark: 'enters-pods',
    words: 'enters Pods',
    means:
      'Whoever runs something in a Pod (exec, attach, an ephemeral container, another image) has its token.',
    ways: [
      [may(['create', 'get'], '', ['pods/exec', 'pods/attach'])],
      [may(['update', 'patch'], '', ['pods', 'pods/ephemeralcontainers'])],
    ],
  },
  {
    // kubernetes pkg/kubelet/server/auth.go
    mark: 'reaches-nodes',
    words: 'reaches nodes',
    means: 'Through nodes/proxy the kubelet runs commands in every Pod of its node.',
    ways: [[may(['create', 'get'], '', ['nodes/proxy'], false)]],
  },
  {
    // kubernetes plugin/pkg/admission/certificates/approval asks for the second.
    mark: 'approves-certificates',
    words: 'approves certificates',
    means: 'Whoever approves a client certificate of their own can be nearly any user.',
    ways: [
      [
        may(['update', 'patch'], CERTIFICATES, ['certificatesigningrequests/approval'], false),
        may(['approve'], CERTIFICATES, ['signers']),
      ],
    ],
  },
  {
    mark: 'changes-admission',
    words: 'changes admission',
    means:
      'An admission webhook is shown what is written, Secrets too, and a mutating one or a mutating policy changes it.',
    ways: [
      [may(WRITES, ADMISSION, ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'], false)],
      [may(WRITES, ADMISSION, ['mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'], false)],
    ],
  },
];

/** What of a role's rules counts towards marks; `isEverywhere`: they are given for all namespaces, and for what has none. */
export function partsOf(rules: readonly PolicyRule[], isEverywhere: boolean): ReadonlySet<Part> {
  const parts = TELLING.flatMap(({ mark, ways }) =>
    ways.flatMap((tests, way) =>
      tests.flatMap((test, at) => (test(rules, isEverywhere) ? [nameOf(mark, way, at)] : [])),
    ),
  );
  return new Set(parts);
}

/** The parts of a role that is known to allow everything, though its rules are not seen. */
export const EVERYTHING: ReadonlySet<Part> = new Set([nameOf('everything', 0, 0)]);

/**
 * The marks to which a role adds its part, `all` being the parts of all roles that its holder has; where `everything`
 * holds, it alone, as it says the rest.
 */
export function marksOf(own: ReadonlySet<Part>, all: ReadonlySet<Part> = own): readonly Mark[] {
  const marks = TELLING.filter(({ mark, ways }) =>
    ways.some((tests, way) => {
      const parts = tests.map((_test, at) => nameOf(mark, way, at));
      return parts.every((part) => all.has(part)) && parts.some((part) => own.has(part));
    }),
  ).map(({ mark }) => mark);
  return marks.includes('everything') ? ['everything'] : marks;
}

/** A mark in a word or two. */
export function markInWords(mark: Mark): string {
  return TELLING.find((telling) => telling.mark === mark)?.words ?? mark;
}

/** What a mark leads to, in a sentence. */
export function markMeaning(mark: Mark): string {
  return TELLING.find((telling) => telling.mark === mark)?.means ?? '';
}

function nameOf(mark: Mark, way: number, at: number): Part {
  return `${mark} ${way} ${at}`;
}

/** Whether rules allow an action on anything at all; where create is limited to names, only an apply makes those. */
function isAllowed(rules: readonly PolicyRule[], action: Extract<Action, { resource: string }>): boolean {
  const allowed = allowedByAny(rules, action);
  if (allowed === undefined || allowed === 'all') return allowed === 'all';
  if (action.verb !== 'create' || action.resource.includes('/')) return true;
  const patched = allowedByAny(rules, { ...action, verb: 'patch' });
  if (patched === undefined || patched === 'all') return patched === 'all';
  return patched.only.some((name) => allowed.only.includes(name));
}

function isOn(verb: string, mode: string): boolean {
  return verb === '*' || verb.startsWith(`impersonate-on:${mode}:`);
}

function isEverything(rule: PolicyRule): boolean {
  const { verbs, apiGroups, resources, resourceNames } = rule;
  return (
    [verbs, apiGroups, resources].every((members) => members.includes('*')) && resourceNames.length === 0
  );
}

function isWildcard({ verbs, resources }: PolicyRule): boolean {
  // A rule for paths that are no resources has no resources.
  return resources.length > 0 && (verbs.includes('*') || resources.includes('*'));
}
