import type { ObjectRef, PodUse } from '../../cluster/api/objects.ts';
import { words } from '../../harmless.ts';
import type { Report } from './say.ts';

/** Tells in a progress how many Pods were looked at, and of how many where the server says that. */
export function saysPods(report: Report): (looked: number, all: number | undefined) => void {
  return (looked, all) => {
    const of = all === undefined || all === looked ? '' : ` of ${all.toLocaleString('en')}`;
    report(words`${looked.toLocaleString('en')}${of} Pods looked at`);
  };
}

/** Keeps the Pods that name one of these Secrets, by namespace and name. */
export function namingOneOf(secrets: readonly ObjectRef[]): (pod: PodUse) => boolean {
  const ids = new Set(secrets.map(({ namespace, name }) => `${namespace}/${name}`));
  return ({ namespace, secrets: named }) => named.some(({ name }) => ids.has(`${namespace}/${name}`));
}
