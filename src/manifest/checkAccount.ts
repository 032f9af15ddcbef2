import { OWNER_ANNOTATION } from '../kubernetes.ts';
import { isTokenSecret, ownerOf } from './checkSecret.ts';
import { placeOfValue, withoutItem } from '../yaml/fields.ts';
import { lineEndOf } from '../yaml/edit.ts';
import { isFilledIn, knownNamespace } from './names.ts';
import type { ObjectInText } from './objectsInText.ts';
import type { DocumentProblem, Fix } from './problem.ts';

export type AccountRule = 'account-after-secret' | 'secret-listed-at-account';

/** A ServiceAccount or token Secret of a text, with its document's text. Offsets in UTF-16 units of the whole text. */
export interface Placed {
  readonly object: ObjectInText;
  /** Where its document begins, after the mark before it. */
  readonly start: number;
  readonly text: string;
}

/** Where it is set, a Pod may use only the Secrets that its ServiceAccount lists. */
const ENFORCED = 'kubernetes.io/enforce-mountable-secrets';

/** The ServiceAccounts and the token Secrets of a text, however many: one is found at once. */
export class Around {
  /** The first ServiceAccount of each name, of each name and namespace, and of each name that leaves its namespace open. */
  readonly #accounts = new Map<string, Placed>();
  /** The token Secrets, by their name, their ServiceAccount's and the namespace, also where they can be in any. */
  readonly #secrets = new Set<string>();

  constructor(placed: readonly Placed[]) {
    for (const one of placed) {
      const { object } = one;
      const { kind, name = '' } = object;
      const namespace = knownNamespace(object.namespace);
      if (kind === 'ServiceAccount') {
        for (const key of [keyOf(name), keyOf(name, namespace ?? OPEN)]) {
          if (!this.#accounts.has(key)) this.#accounts.set(key, one);
        }
      } else if (isTokenSecret(object)) {
        const owner = ownerOf(object) ?? '';
        this.#secrets.add(keyOf(name, owner)).add(keyOf(name, owner, namespace ?? OPEN));
      }
    }
  }

  /** The first ServiceAccount of a name that an object of a namespace can mean; undefined: of any. */
  account(name: string, namespace: string | undefined): Placed | undefined {
    if (namespace === undefined) return this.#accounts.get(keyOf(name));
    const [own, open] = [namespace, OPEN].map((one) => this.#accounts.get(keyOf(name, one)));
    return own && open ? (isBefore(open, own) ? open : own) : (own ?? open);
  }

  /** Whether there is a token Secret of a name for a ServiceAccount of a namespace; undefined: of any. */
  hasSecret(name: string, owner: string, namespace: string | undefined): boolean {
    if (namespace === undefined) return this.#secrets.has(keyOf(name, owner));
    return [namespace, OPEN].some((one) => this.#secrets.has(keyOf(name, owner, one)));
  }
}

/** In the place of a namespace that is left to the context. */
const OPEN = '*';

function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

/**
 * Whether a token Secret comes before its ServiceAccount in a file, as kubectl goes through it in order and the token
 * controller deletes a Secret without one (kubernetes pkg/controller/serviceaccount/tokens_controller.go). The places are
 * those of the Secret's document; `insertBefore` is where another document can come before it.
 */
export function checkOrder(
  secret: Placed,
  around: Around,
  insertBefore: number | undefined,
): DocumentProblem<AccountRule>[] {
  const { yaml, node, namespace } = secret.object;
  const owner = ownerOf(secret.object);
  const field = yaml.at(node, 'metadata', 'annotations', OWNER_ANNOTATION);
  // Every namespace has a ServiceAccount "default": the control plane makes it.
  if (owner === undefined || owner === 'default' || isFilledIn(owner) || !field?.value) return [];
  if (namespace !== undefined && knownNamespace(namespace) === undefined) return [];
  const account = around.account(owner, namespace);
  if (!account || isBefore(account, secret)) return [];
  const message = `kubectl goes through a file in its order, and this Secret comes before its ServiceAccount "${owner}": where there is none yet, the token controller deletes the Secret. Helm and Kustomize put them in order.`;
  const fixes = (): Fix[] => {
    if (insertBefore === undefined || !secret.object.isAlone || !account.object.isAlone) return [];
    const end = lineEndOf(yaml.text);
    const from = account.start - secret.start - MARK;
    const cut = { start: from, end: from + MARK + account.text.length, text: '' };
    const moved = { start: insertBefore, end: insertBefore, text: `${account.text.trim()}${end}---${end}` };
    return [{ title: `Put the ServiceAccount "${owner}" before it`, edits: [moved, cut], isPreferred: true }];
  };
  return [{ rule: 'account-after-secret', message, ...placeOfValue(field), fixes }];
}

/** How long the mark between documents is, in UTF-16 units. */
const MARK = 3;

function isBefore(one: Placed, other: Placed): boolean {
  if (one.start !== other.start) return one.start < other.start;
  return (one.object.node.range?.[0] ?? 0) < (other.object.node.range?.[0] ?? 0);
}

/**
 * Token Secrets of a text that a ServiceAccount lists: they count as made by Kubernetes itself, and the cleaner takes them
 * (kubernetes pkg/controller/serviceaccount/legacy_serviceaccount_token_cleaner.go).
 */
export function checkListed(account: ObjectInText, around: Around): DocumentProblem<AccountRule>[] {
  const { yaml, node } = account;
  const list = yaml.field(node, 'secrets');
  const namespace = knownNamespace(account.namespace);
  if (!list || yaml.filled(yaml.at(node, 'metadata', 'annotations', ENFORCED)) !== undefined) return [];
  return yaml.items(list).flatMap((item) => {
    const field = yaml.field(item, 'name');
    const name = yaml.filled(field);
    if (!field || name === undefined || !around.hasSecret(name, account.name ?? '', namespace)) return [];
    const message = `"${name}" is made by hand: listed in secrets it counts as auto-generated, so that each use gives a warning, and the cleaner of legacy tokens takes it when it has not been used for a year.`;
    const fixes = (): Fix[] => {
      const edits = withoutItem(yaml, list, item);
      return edits ? [{ title: `Take "${name}" off the list`, edits, isPreferred: true }] : [];
    };
    return [{ rule: 'secret-listed-at-account', message, ...placeOfValue(field), fixes } as const];
  });
}
