import { isForTheApi } from '../token/audience.ts';
import { fixBy, fixWithout, insertion, placeOf, placeOfValue, replacement } from './edit.ts';
import { podSpecOf, type ObjectInText } from './objects.ts';
import { hasPlaceholder } from './names.ts';
import type { DocumentProblem, Fix, TextEdit } from './problem.ts';
import type { Field, YamlText } from './yamlText.ts';
import { withoutTrailing } from '../trailing.ts';

export type ProjectionRule =
  | 'projection-life-out-of-range'
  | 'projection-life-3607'
  | 'projection-audience-refused'
  | 'projection-audience-open';

/** Where every client library looks for the Pod's own token (client-go rest/config.go, InClusterConfig). */
const OWN_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount';
/** What the API server allows, in seconds (kubernetes pkg/apis/core/validation/validation.go). */
const SHORTEST = 600;
const LONGEST = 2 ** 32;
/** What the kubelet asks for, which the API server then makes a year of, in seconds. */
const EXTENDED = 3607;

/** Checks the token projections of the Pods that an object is or makes. */
export function checkProjections(object: ObjectInText): DocumentProblem<ProjectionRule>[] {
  const { yaml } = object;
  const spec = podSpecOf(object);
  if (!spec) return [];
  const mounts = mountPathsByVolume(yaml, spec);
  return yaml.items(yaml.field(spec, 'volumes')).flatMap((volume) => {
    const name = yaml.string(yaml.field(volume, 'name')) ?? '';
    // The admission plugin wrote it, in a manifest that was read from a cluster: nobody chose these numbers.
    if (name.startsWith('kube-api-access-')) return [];
    return yaml.items(yaml.at(volume, 'projected', 'sources')).flatMap((source) => {
      const projection = yaml.field(source, 'serviceAccountToken');
      if (!projection?.value) return [];
      const place = placeOfMount(yaml, projection, mounts.get(name) ?? []);
      return checkLife(yaml, projection).concat(checkAudience(yaml, projection, place));
    });
  });
}

function checkLife(yaml: YamlText, projection: Field): DocumentProblem<ProjectionRule>[] {
  const field = yaml.field(projection, 'expirationSeconds');
  const seconds = yaml.scalar(field);
  if (!field?.value || typeof seconds !== 'number') return [];
  const place = placeOfValue(field);
  const use = (value: number, what: string) => (): Fix[] =>
    fixBy(`Use ${value} seconds, ${what}`, replacement(yaml, field, value), true);
  if (seconds < SHORTEST) {
    const message = `The API server refuses the Pod: a projected token lives ${SHORTEST} seconds (10 minutes) at least.`;
    return [
      { rule: 'projection-life-out-of-range', message, ...place, fixes: use(SHORTEST, 'the shortest life') },
    ];
  }
  if (seconds > LONGEST) {
    const message = `The API server refuses the Pod: a projected token lives 2³² seconds (136 years) at most.`;
    return [{ rule: 'projection-life-out-of-range', message, ...place, fixes: use(3600, 'an hour') }];
  }
  if (seconds !== EXTENDED) return [];
  const audience = yaml.string(yaml.field(projection, 'audience'));
  const condition =
    audience === undefined || audience === '' ? '' : `, where "${audience}" is an audience of the API server`;
  const message =
    `Exactly ${EXTENDED} is what the kubelet itself asks for, and the API server makes a year of it${condition}: ` +
    'a token that leaks is good for a year (--service-account-extend-token-expiration, on unless switched off).';
  return [{ rule: 'projection-life-3607', message, ...place, fixes: use(3600, 'which means an hour') }];
}

function checkAudience(
  yaml: YamlText,
  projection: Field,
  place: 'own token' | 'elsewhere' | undefined,
): DocumentProblem<ProjectionRule>[] {
  const field = yaml.field(projection, 'audience');
  const audience = yaml.string(field);
  const isOpen = !field || audience === '' || yaml.scalar(field) === null;
  if (isOpen && place === 'elsewhere') {
    const message =
      'Without an audience, whoever is given this token can use it at the API server as this ServiceAccount. If it is for another service, name that service.';
    const fixes = (): Fix[] => {
      const edit = field ? undefined : insertion(yaml, projection, { key: 'audience', value: 'SERVICE' });
      return fixBy('Name the audience', edit && toFillIn(edit));
    };
    return [{ rule: 'projection-audience-open', message, ...placeOf(projection.key), fixes }];
  }
  if (isOpen || place !== 'own token' || audience === undefined || !field.value) return [];
  if (isForTheApi(audience) || hasPlaceholder(audience)) return [];
  const message = `Programs in the Pod send this token to the API server, and it refuses tokens for other audiences: "${audience}" does not look like one of its own.`;
  const fixes = (): Fix[] => fixWithout(yaml, 'Remove the audience', [field]);
  return [{ rule: 'projection-audience-refused', message, ...placeOfValue(field), fixes }];
}

/** Where the containers of a Pod have each of its volumes, by the volume's name. */
function mountPathsByVolume(yaml: YamlText, spec: Field): ReadonlyMap<string, readonly string[]> {
  const containers = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) =>
    yaml.items(yaml.field(spec, list)),
  );
  const paths = new Map<string, string[]>();
  for (const mount of containers.flatMap((container) => yaml.items(yaml.field(container, 'volumeMounts')))) {
    const name = yaml.string(yaml.field(mount, 'name')) ?? '';
    const path = withoutTrailing(yaml.string(yaml.field(mount, 'mountPath')) ?? '', '/');
    paths.set(name, [...(paths.get(name) ?? []), path]);
  }
  return paths;
}

/** Whether a token stands where programs look for the API server's; undefined: that cannot be told. */
function placeOfMount(
  yaml: YamlText,
  projection: Field,
  paths: readonly string[],
): 'own token' | 'elsewhere' | undefined {
  if (!paths.includes(OWN_TOKEN)) return paths.some(hasPlaceholder) ? undefined : 'elsewhere';
  return yaml.string(yaml.field(projection, 'path')) === 'token' ? 'own token' : undefined;
}

function toFillIn(edit: TextEdit): TextEdit {
  const [before = '', after = ''] = edit.text.replaceAll(/[\\$}]/g, '\\$&').split('SERVICE');
  return { ...edit, text: `${before}\${1:name-of-the-service}${after}`, isSnippet: true };
}
