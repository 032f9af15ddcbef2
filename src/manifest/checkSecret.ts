import { OWNER_ANNOTATION, OWNER_UID_ANNOTATION, TOKEN_SECRET_TYPE } from '../kubernetes.ts';
import { hasAccount, type AccountsByName } from './accounts.ts';
import { insertion, placeOf, placeOfValue, removal, replacement } from '../yaml/fields.ts';
import { lineEndOf } from '../yaml/edit.ts';
import { scalarText } from '../yaml/scalarText.ts';
import { fixBy, fixWithout } from './problem.ts';
import { classifyToken } from '../token/classify.ts';
import { comesBackUnderItsName } from '../token/end.ts';
import { findTokens } from '../token/find.ts';
import { distance, nearest } from './nearest.ts';
import { nextName } from './nextName.ts';
import { hasPlaceholder, isFilledIn, knownNamespace, nameProblem } from './names.ts';
import type { ObjectInText } from './objectsInText.ts';
import type { DocumentProblem, Fix, TextEdit } from './problem.ts';
import type { Field, YamlText } from '../yaml/yamlText.ts';

export type SecretRule =
  | 'secret-type-wrong'
  | 'account-annotation-missing'
  | 'account-name-wrong'
  | 'account-in-other-namespace'
  | 'account-not-in-file'
  | 'account-uid-copied'
  | 'immutable-without-token'
  | 'token-data-in-git';

/** How many ServiceAccounts are offered for an annotation. */
const MOST_OFFERED = 5;

type SecretProblem = DocumentProblem<SecretRule>;

/** What the checks of a Secret know beside it. */
export interface Beside {
  /** The ServiceAccounts of the same file. */
  readonly accounts: AccountsByName;
  /** Whether the name of one of them is filled in later, so that it can be any. */
  readonly hasAnyName: boolean;
  /** Whether the file can have another document before the Secret's, where it is alone. */
  readonly insertBefore: number | undefined;
}

/** Whether a Secret is a token Secret, or is meant to be one. */
export function isTokenSecret({ yaml, node, kind }: ObjectInText): boolean {
  return kind === 'Secret' && yaml.string(yaml.field(node, 'type')) === TOKEN_SECRET_TYPE;
}

/** The ServiceAccount that a token Secret names. */
export function ownerOf({ yaml, node }: ObjectInText): string | undefined {
  return yaml.filled(yaml.at(node, 'metadata', 'annotations', OWNER_ANNOTATION));
}

/**
 * Checks a Secret by what the API server and the token controller do with it (kubernetes pkg/controller/serviceaccount/
 * tokens_controller.go, pkg/apis/core/validation/validation.go).
 */
export function checkSecret(secret: ObjectInText, beside: Beside): SecretProblem[] {
  if (secret.kind !== 'Secret') return [];
  if (!isTokenSecret(secret)) return wrongType(secret);
  return [
    ...checkOwner(secret, beside),
    ...copiedUid(secret),
    ...immutable(secret),
    ...committedToken(secret),
  ];
}

function wrongType({ yaml, node }: ObjectInText): SecretProblem[] {
  const field = yaml.field(node, 'type');
  const type = yaml.string(field);
  const owner = yaml.at(node, 'metadata', 'annotations', OWNER_ANNOTATION);
  if (type !== undefined && type !== '' && type !== 'Opaque') {
    if (!field?.value || !looksLikeTheType(type)) return [];
    const message = `The token controller fills only Secrets of type ${TOKEN_SECRET_TYPE}, and this is "${type}".`;
    const fixes = (): Fix[] =>
      fixBy(`Use ${TOKEN_SECRET_TYPE}`, replacement(yaml, field, TOKEN_SECRET_TYPE), true);
    return [{ rule: 'secret-type-wrong', message, ...placeOfValue(field), fixes }];
  }
  if (!owner || (field && !field.value)) return [];
  const message = `The token controller fills only Secrets of type ${TOKEN_SECRET_TYPE}, whatever their annotations say.`;
  const fixes = (): Fix[] => {
    const edit = field
      ? replacement(yaml, field, TOKEN_SECRET_TYPE)
      : insertion(yaml, node, { key: 'type', value: TOKEN_SECRET_TYPE }, yaml.field(node, 'metadata'));
    return fixBy(`Make it a token Secret: type ${TOKEN_SECRET_TYPE}`, edit, true);
  };
  const place = field?.value && type === 'Opaque' ? placeOfValue(field) : placeOf(owner.key);
  return [{ rule: 'secret-type-wrong', message, ...place, fixes }];
}

function lettersOf(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z]/g, '');
}

/** Whether somebody who wrote this type meant the token Secret's. */
function looksLikeTheType(type: string): boolean {
  const typed = lettersOf(type);
  return (
    distance(typed, lettersOf(TOKEN_SECRET_TYPE)) <= 4 ||
    typed === 'kubernetesioserviceaccount' ||
    (typed.includes('serviceaccount') && typed.endsWith('token') && type.length < 60)
  );
}

function checkOwner(secret: ObjectInText, { accounts, hasAnyName, insertBefore }: Beside): SecretProblem[] {
  const { yaml, node, namespace } = secret;
  const metadata = yaml.field(node, 'metadata');
  const field = yaml.at(metadata, 'annotations', OWNER_ANNOTATION);
  const owner = ownerOf(secret);
  if (owner === undefined) return missingOwner(secret, accounts);
  if (isFilledIn(owner)) return wrongName(yaml, field, owner);
  const isHere = hasAnyName || hasAccount(accounts, { name: owner, namespace: knownNamespace(namespace) });
  // Every namespace has a ServiceAccount "default": the control plane makes it.
  if (isHere || owner === 'default' || !field?.value) return [];
  const [elsewhere, ...others] = accounts.get(owner) ?? [];
  const at = yaml.field(metadata, 'namespace');
  if (elsewhere !== undefined && at?.value) {
    const message = `The ServiceAccount "${owner}" of this file is in namespace ${elsewhere}: where this one has none of that name, the token controller deletes the Secret.`;
    const fixes = (): Fix[] => {
      const edit = replacement(yaml, at, elsewhere);
      return fixBy(`Put the Secret into namespace ${elsewhere}`, edit, others.length === 0);
    };
    return [{ rule: 'account-in-other-namespace', message, ...placeOfValue(at), fixes }];
  }
  const message = `The ServiceAccount "${owner}" has to be in the cluster first, or the token controller deletes this Secret. This file does not have it.`;
  const fixes = (): Fix[] => {
    const edit =
      insertBefore === undefined || !secret.isAlone ? undefined : accountBefore(secret, owner, insertBefore);
    return fixBy(`Add the ServiceAccount "${owner}" before it`, edit);
  };
  const misses = { name: owner, namespace };
  return [{ rule: 'account-not-in-file', message, ...placeOfValue(field), fixes, misses }];
}

/** A ServiceAccount with its namespace, as the API server calls it, and as people write it. */
const NAME_WITH_MORE = /^(?:system:serviceaccount:[\w.-]+:|[a-z0-9][a-z0-9-]*\/)([a-z0-9][a-z0-9.-]*)$/;

/** More than a name, which no ServiceAccount has: nobody looks at it before the token controller does. */
function wrongName(yaml: YamlText, field: Field | undefined, owner: string): SecretProblem[] {
  const bare = owner.trim();
  const meant = NAME_WITH_MORE.exec(bare)?.[1] ?? bare;
  if (meant === owner || nameProblem(meant) !== undefined || !field?.value) return [];
  const message =
    meant === bare
      ? `A space or a line break is part of the name "${meant}" here. No ServiceAccount can have such a name, so the token controller deletes this Secret.`
      : `No ServiceAccount can be called "${bare}", so the token controller deletes this Secret. The annotation takes only the name, "${meant}", of a ServiceAccount in the Secret's own namespace.`;
  const fixes = (): Fix[] =>
    fixBy(`Name the ServiceAccount: "${meant}"`, replacement(yaml, field, meant), true);
  return [{ rule: 'account-name-wrong', message, ...placeOfValue(field), fixes }];
}

function missingOwner(secret: ObjectInText, accounts: AccountsByName): SecretProblem[] {
  const { yaml, node } = secret;
  const metadata = yaml.field(node, 'metadata');
  const annotations = yaml.field(metadata, 'annotations');
  const field = yaml.field(annotations, OWNER_ANNOTATION);
  const mistyped = field ? undefined : mistypedOwner(yaml, metadata);
  const at = field ?? mistyped?.field ?? annotations ?? metadata ?? yaml.field(node, 'type');
  if (!at || (field?.value && yaml.scalar(field) !== '' && yaml.scalar(field) !== null)) return [];
  const fixes = (): Fix[] => {
    if (mistyped && mistyped.field.map === annotations?.value) {
      return fixBy(`Name the ServiceAccount: "${mistyped.owner}"`, renaming(yaml, mistyped.field), true);
    }
    if (mistyped && mistyped.field.map === metadata?.value) {
      return fixBy(
        `Name the ServiceAccount: "${mistyped.owner}"`,
        intoAnnotations(yaml, mistyped.field),
        true,
      );
    }
    const candidates = mistyped ? [mistyped.owner] : ownersFor(secret, accounts);
    return candidates.slice(0, MOST_OFFERED).flatMap((account, index) => {
      const edit = field
        ? replacement(yaml, field, account)
        : annotations
          ? insertion(yaml, annotations, { key: OWNER_ANNOTATION, value: account })
          : metadata &&
            insertion(yaml, metadata, {
              key: 'annotations',
              value: { key: OWNER_ANNOTATION, value: account },
            });
      return fixBy(`Name the ServiceAccount: "${account}"`, edit, index === 0 && candidates.length === 1);
    });
  };
  const message = `A token Secret needs the annotation ${OWNER_ANNOTATION}: the API server refuses it without.`;
  return [{ rule: 'account-annotation-missing', message, ...placeOf(at.key), fixes }];
}

/** What was meant to be the annotation, one that is nearly called so, or a label, and the ServiceAccount that it names. */
function mistypedOwner(
  yaml: YamlText,
  metadata: Field | undefined,
): { readonly field: Field; readonly owner: string } | undefined {
  return [...['annotations', 'labels'].map((holder) => yaml.field(metadata, holder)), metadata]
    .flatMap((holder) => yaml.fields(holder))
    .map((field) => ({ field, owner: yaml.string(field) ?? '' }))
    .find(({ field, owner }) => looksLikeOwner(field.name) && !isFilledIn(owner));
}

function looksLikeOwner(name: string): boolean {
  const typed = lettersOf(name);
  return (
    typed.endsWith('serviceaccountname') ||
    typed === 'kubernetesioserviceaccount' ||
    (Math.abs(typed.length - lettersOf(OWNER_ANNOTATION).length) <= 3 &&
      distance(typed, lettersOf(OWNER_ANNOTATION)) <= 3)
  );
}

function renaming(yaml: YamlText, { key }: Pick<Field, 'key'>): TextEdit {
  const { start, end } = placeOf(key);
  const isQuoted = /["']/.test(yaml.text[start] ?? '');
  return { start, end, text: isQuoted ? JSON.stringify(OWNER_ANNOTATION) : OWNER_ANNOTATION };
}

/** Puts a field of its own line below `annotations`, which its mapping does not have. */
function intoAnnotations(yaml: YamlText, { key, map }: Field): TextEdit | undefined {
  const { start, end } = placeOf(key);
  const indentation = yaml.text.slice(yaml.text.lastIndexOf('\n', start) + 1, start);
  if (indentation.trim() !== '' || yaml.field(map, 'annotations')) return undefined;
  const name = renaming(yaml, { key }).text;
  return { start, end, text: `annotations:${lineEndOf(yaml.text)}${indentation}  ${name}` };
}

/** The ServiceAccounts that a Secret can name, the likeliest first. */
function ownersFor({ name = '', namespace }: ObjectInText, accounts: AccountsByName): string[] {
  const near = [...accounts.keys()].filter((account) => hasAccount(accounts, { name: account, namespace }));
  const guess = name.replace(/-token(?:-\w+)?$/, '');
  return near.length > 0 ? nearest(guess, near) : guess === '' ? [] : [guess];
}

function copiedUid({ yaml, node }: ObjectInText): SecretProblem[] {
  const field = yaml.at(node, 'metadata', 'annotations', OWNER_UID_ANNOTATION);
  const uid = yaml.filled(field);
  if (!field || uid === undefined || hasPlaceholder(uid)) return [];
  const message =
    'Where the ServiceAccount has another uid, the token controller deletes this Secret. Left out, the uid is filled in.';
  return [
    {
      rule: 'account-uid-copied',
      message,
      ...placeOf(field.key),
      fixes: () => fixWithout(yaml, 'Remove the uid: the token controller fills it in', [field], true),
    },
  ];
}

function immutable(secret: ObjectInText): SecretProblem[] {
  const { yaml, node } = secret;
  const field = yaml.field(node, 'immutable');
  if (!field?.value || yaml.scalar(field) !== true || tokensOf(secret).length > 0) return [];
  const message = 'The token controller cannot fill an immutable Secret: its token never appears.';
  return [
    {
      rule: 'immutable-without-token',
      message,
      ...placeOf(field.key),
      fixes: () => fixWithout(yaml, 'Remove immutable', [field], true),
    },
  ];
}

/** Where git tracks the file is for the caller to know: it shows this only then. */
function committedToken(secret: ObjectInText): SecretProblem[] {
  const { yaml } = secret;
  const first = tokensOf(secret).find((field) => /^\s*(?:eyJ|ZXlK)/.test(yaml.string(field) ?? ''));
  if (!first) return [];
  const [found] = findTokens(yaml.string(first) ?? '');
  const rotate =
    found && !comesBackUnderItsName(classifyToken(found.decoded))
      ? 'Rotate it: use the token of another Secret, and delete this one, which ends it.'
      : 'Rotate it under a new name: under the old one the same token comes back.';
  const message = `git tracks this token, which the token controller would have filled in by itself. ${rotate}`;
  return [{ rule: 'token-data-in-git', message, ...placeOf(first.key), fixes: () => withoutData(secret) }];
}

function withoutData({ yaml, node, name }: ObjectInText): Fix[] {
  const sections = ['data', 'stringData'].flatMap((key) => yaml.field(node, key) ?? []);
  const cut = removal(yaml, sections);
  const renamed = name === undefined ? undefined : nextName(name, []);
  const field = yaml.at(node, 'metadata', 'name');
  const rename = field && renamed !== undefined ? replacement(yaml, field, renamed) : undefined;
  return [
    ...(cut && rename && renamed !== undefined
      ? [
          {
            title: `Rotate: name the Secret "${renamed}", without data`,
            edits: [...cut, rename].toSorted((one, other) => one.start - other.start),
            isPreferred: true,
          },
        ]
      : []),
    ...(cut
      ? [{ title: 'Remove the data: the token controller fills it in', edits: cut, isPreferred: false }]
      : []),
  ];
}

function tokensOf({ yaml, node }: ObjectInText): Field[] {
  return ['data', 'stringData'].flatMap((section) => {
    const field = yaml.at(node, section, 'token');
    return field && yaml.filled(field) !== undefined ? [field] : [];
  });
}

function accountBefore({ yaml, namespace }: ObjectInText, owner: string, at: number): TextEdit {
  const lines = [
    'apiVersion: v1',
    'kind: ServiceAccount',
    'metadata:',
    `  name: ${scalarText(owner)}`,
    ...(namespace === undefined ? [] : [`  namespace: ${scalarText(namespace)}`]),
    '---',
    '',
  ];
  return { start: at, end: at, text: lines.join(lineEndOf(yaml.text)) };
}
