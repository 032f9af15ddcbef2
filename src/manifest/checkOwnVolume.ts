import { isForTheApi } from '../token/audience.ts';
import { appended, placeOf, placeOfValue, replacement } from '../yaml/fields.ts';
import { fixBy } from './problem.ts';
import { hasPlaceholder } from './names.ts';
import type { DocumentProblem, Fix } from './problem.ts';
import { OWN_FILES } from './projected.ts';
import type { Field, YamlText } from '../yaml/yamlText.ts';

type VolumeProblem = DocumentProblem<'own-volume-incomplete'>;

/**
 * Checks a volume that stands where Kubernetes would mount the one with the Pod's own token. Where a container has a mount at
 * that very path, the admission plugin adds none (kubernetes plugin/pkg/admission/serviceaccount/admission.go), and
 * programs look for the token, ca.crt and namespace there (client-go rest/config.go, InClusterConfig).
 */
export function checkOwnVolume(
  yaml: YamlText,
  sources: Field,
  projections: readonly Field[],
  hasMore: boolean,
): VolumeProblem[] {
  const [first, second] = projections;
  if (!first) return [];
  const files = yaml.items(sources).map((source) => filesOf(yaml, source));
  const known = files.flatMap((of) => of ?? []);
  // A file by another name may be meant for a program that knows it; what is filled in later may be any.
  const isOpen = hasMore || files.includes(undefined) || known.some(hasPlaceholder);
  const path = yaml.field(first, 'path');
  const problems: VolumeProblem[] = [];
  if (!known.includes('token') && !isOpen && path?.value) {
    const message = `Programs look for the Pod's token in the file "token" here, and this one is "${yaml.string(path) ?? ''}".`;
    const fixes = (): Fix[] => fixBy('Name the file "token"', replacement(yaml, path, 'token'), !second);
    problems.push({ rule: 'own-volume-incomplete', message, ...placeOfValue(path), fixes });
  }
  const missing = OWN_FILES.filter(({ file }) => !known.includes(file));
  const isForOthers = projections.every(
    (one) => !isForTheApi(yaml.filled(yaml.field(one, 'audience')) ?? 'api'),
  );
  if (missing.length === 0 || isOpen || isForOthers) return problems;
  const names = missing.map(({ file }) => file).join(' and ');
  const what = missing.length === 1 ? `${names} is` : `${names} are`;
  problems.push({
    rule: 'own-volume-incomplete',
    message: `${what} missing here: this volume takes the place of the one that Kubernetes mounts, and programs look for them beside the token.`,
    ...placeOf(first.key),
    fixes: () => {
      const [edit] =
        appended(
          yaml,
          sources,
          missing.map(({ source }) => source),
        ) ?? [];
      return fixBy(`Add ${names}`, edit, true);
    },
  });
  return problems;
}

/** The files that a source of a projected volume gives; undefined where that cannot be told from the manifest. */
function filesOf(yaml: YamlText, source: Parameters<YamlText['field']>[0]): readonly string[] | undefined {
  const [field] = yaml.fields(source);
  if (!field?.value) return [];
  const items = yaml.field(field, 'items');
  if (items) {
    return yaml.items(items).flatMap((item) => yaml.string(yaml.field(item, 'path')) ?? []);
  }
  const path = yaml.string(yaml.field(field, 'path'));
  if (path !== undefined) return [path];
  return yaml.string(yaml.field(field, 'name')) === 'kube-root-ca.crt' ? ['ca.crt'] : undefined;
}
