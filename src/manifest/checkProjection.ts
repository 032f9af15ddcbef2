import { DEFAULT_MOUNT, EXTENDED_SECONDS, LONGEST_SECONDS, SHORTEST_SECONDS } from '../kubernetes.ts';
import type { Node } from 'yaml';
import { grouped } from '../es2024.ts';
import { isForTheApi } from '../token/audience.ts';
import { insertion, placeOf, placeOfValue, replacement } from '../yaml/fields.ts';
import { fixBy, fixWithout } from './problem.ts';
import { checkMounts } from './checkMounts.ts';
import { checkOwnVolume } from './checkOwnVolume.ts';
import { podSpecsOf, type ObjectInText } from './objectsInText.ts';
import { hasPlaceholder } from './names.ts';
import type { DocumentProblem, Fix, TextEdit } from './problem.ts';
import type { Field, YamlText } from '../yaml/yamlText.ts';
import { withoutTrailing } from '../trailing.ts';

export type ProjectionRule =
  | 'projection-life-out-of-range'
  | 'projection-life-3607'
  | 'own-volume-incomplete'
  | 'projection-audience-refused'
  | 'projection-audience-open'
  | 'projection-by-sub-path';

/** Checks the token projections of the Pods that an object is or makes, and what else asks for tokens. */
export function checkProjections(object: ObjectInText): DocumentProblem<ProjectionRule>[] {
  const { yaml, node, kind } = object;
  if (kind === 'TokenRequest') return checkLife(yaml, yaml.field(node, 'spec'), 'this request: a token');
  if (kind === 'CSIDriver') {
    return yaml
      .items(yaml.at(node, 'spec', 'tokenRequests'))
      .flatMap((request) => checkLife(yaml, request, 'this CSIDriver: a token'));
  }
  if (!yaml.text.includes('serviceAccountToken')) return [];
  return podSpecsOf(object).flatMap((spec) => {
    const containers = CONTAINERS.flatMap((list) => yaml.items(yaml.field(spec, list)));
    const mounts = containers.flatMap((container) => yaml.items(yaml.field(container, 'volumeMounts')));
    const byVolume = grouped(mounts, (mount) => yaml.string(yaml.field(mount, 'name')) ?? '');
    // Of what has no containers beside it, it cannot be told where they have it.
    const mounted = containers.length > 0 ? byVolume : undefined;
    return yaml.items(yaml.field(spec, 'volumes')).flatMap((volume) => checkVolume(yaml, volume, mounted));
  });
}

function checkVolume(
  yaml: YamlText,
  volume: Node,
  mounted: ReadonlyMap<string, readonly Node[]> | undefined,
): DocumentProblem<ProjectionRule>[] {
  const name = yaml.string(yaml.field(volume, 'name')) ?? '';
  // The admission plugin wrote it, in a manifest that was read from a cluster: nobody chose these numbers.
  if (name.startsWith('kube-api-access-')) return [];
  const sources = yaml.at(volume, 'projected', 'sources');
  const projections = yaml.items(sources).flatMap((source) => {
    const projection = yaml.field(source, 'serviceAccountToken');
    return projection?.value ? [projection] : [];
  });
  const lives = projections.flatMap((projection) => [
    ...checkLife(yaml, projection, 'the Pod: a projected token'),
    ...checkExtended(yaml, projection),
  ]);
  const own = mounted?.get(name) ?? [];
  const paths = own.map((mount) => mountPathOf(yaml, mount));
  if (!mounted || !sources || paths.some(hasPlaceholder)) return lives;
  const isAtOwn = paths.includes(DEFAULT_MOUNT);
  // One file of it may stand in the place of the Pod's own token.
  const isOwnToken = isAtOwn || paths.includes(`${DEFAULT_MOUNT}/token`);
  const others = [...mounted.values()].flat().map((mount) => mountPathOf(yaml, mount));
  const hasMore = others.some((path) => path.startsWith(`${DEFAULT_MOUNT}/`));
  return [
    ...lives,
    ...checkMounts(yaml, own, projections),
    ...projections.flatMap((projection) => checkAudience(yaml, projection, isOwnToken)),
    ...(isAtOwn ? checkOwnVolume(yaml, sources, projections, hasMore) : []),
  ];
}

/** Who may mount a volume: the containers of a Pod, and what Tekton makes some of. */
const CONTAINERS = ['containers', 'initContainers', 'ephemeralContainers', 'steps', 'sidecars'];

/** Checks the life of a token that something asks for; `what`: what is refused, and what asked for it. */
function checkLife(
  yaml: YamlText,
  request: Field | Node | undefined,
  what: string,
): DocumentProblem<ProjectionRule>[] {
  const field = yaml.field(request, 'expirationSeconds');
  const seconds = yaml.scalar(field);
  if (!field?.value || typeof seconds !== 'number') return [];
  const [limit, use] =
    seconds < SHORTEST_SECONDS
      ? [`${SHORTEST_SECONDS} seconds (10 minutes) at least`, SHORTEST_SECONDS]
      : ['2³² seconds (136 years) at most', 3600];
  if (seconds >= SHORTEST_SECONDS && seconds <= LONGEST_SECONDS) return [];
  const message = `The API server refuses ${what} lives ${limit}.`;
  const title = `Use ${use} seconds, ${use === SHORTEST_SECONDS ? 'the shortest life' : 'an hour'}`;
  const fixes = (): Fix[] => fixBy(title, replacement(yaml, field, use), true);
  return [{ rule: 'projection-life-out-of-range', message, ...placeOfValue(field), fixes }];
}

/** A projection that asks for the very life that the API server extends. */
function checkExtended(yaml: YamlText, projection: Field): DocumentProblem<ProjectionRule>[] {
  const field = yaml.field(projection, 'expirationSeconds');
  if (!field?.value || yaml.scalar(field) !== EXTENDED_SECONDS) return [];
  const audience = yaml.string(yaml.field(projection, 'audience'));
  const condition =
    audience === undefined || audience === '' ? '' : `, where "${audience}" is an audience of the API server`;
  const message =
    `Exactly ${EXTENDED_SECONDS} is what the kubelet itself asks for, and the API server makes a year of it${condition}: ` +
    'a token that leaks is good for a year (--service-account-extend-token-expiration, on unless switched off).';
  const fixes = (): Fix[] =>
    fixBy('Use 3600 seconds, which means an hour', replacement(yaml, field, 3600), true);
  return [{ rule: 'projection-life-3607', message, ...placeOfValue(field), fixes }];
}

function checkAudience(
  yaml: YamlText,
  projection: Field,
  isAtOwn: boolean,
): DocumentProblem<ProjectionRule>[] {
  const field = yaml.field(projection, 'audience');
  const audience = yaml.string(field);
  const isOpen = !field || audience === '' || yaml.scalar(field) === null;
  if (isOpen && !isAtOwn) {
    const message =
      'Without an audience, whoever is given this token can use it at the API server as this ServiceAccount. If it is for another service, name that service.';
    const fixes = (): Fix[] => {
      const edit = field ? undefined : insertion(yaml, projection, { key: 'audience', value: 'SERVICE' });
      return fixBy('Name the audience', edit && toFillIn(edit));
    };
    return [{ rule: 'projection-audience-open', message, ...placeOf(projection.key), fixes }];
  }
  // Beside the token that programs send there may be others.
  if (isOpen || !isAtOwn || yaml.string(yaml.field(projection, 'path')) !== 'token') return [];
  if (audience === undefined || !field.value || isForTheApi(audience) || hasPlaceholder(audience)) return [];
  const message = `Programs in the Pod send this token to the API server, and it refuses tokens for other audiences: "${audience}" does not look like one of its own.`;
  const fixes = (): Fix[] => fixWithout(yaml, 'Remove the audience', [field]);
  return [{ rule: 'projection-audience-refused', message, ...placeOfValue(field), fixes }];
}

/** Where a container has a volume. */
function mountPathOf(yaml: YamlText, mount: Node): string {
  return withoutTrailing(yaml.string(yaml.field(mount, 'mountPath')) ?? '', '/');
}

function toFillIn(edit: TextEdit): TextEdit {
  const [before = '', after = ''] = edit.text.split('SERVICE');
  return { ...edit, text: `${before}\${1:name-of-the-service}${after}`, isSnippet: true };
}
