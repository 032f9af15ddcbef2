import { known, unknown, type Evidence, type Fact } from '../../../src/authentication/evidence.ts';
import { explainAuthentication } from '../../../src/authentication/explain.ts';
import type { Finding, StepId } from '../../../src/authentication/step.ts';
import { live, NOW } from './evidence.ts';

/** What a check is made of, and all that it tells: its state and finding, what follows of them, and what it was shown. */
export type Row = readonly [
  what: string,
  token: string | Promise<string>,
  more: Partial<Evidence>,
  found: `${Finding['state']}: ${string}`,
  rest: Partial<Omit<Finding, 'state' | 'finding' | 'exhibits'>>,
  shown: readonly string[],
];

/** All that one check tells, its name aside. */
export async function told(wanted: StepId, evidence: Evidence): Promise<object> {
  const { steps } = await explainAuthentication(evidence, NOW);
  const step = steps.find(({ id }) => id === wanted);
  if (!step) throw new Error(`There is no check ${wanted}.`);
  const { id: _id, title: _title, state, finding, causes, exhibits, ...rest } = step;
  return {
    ...rest,
    ...(causes.length > 0 && { causes }),
    found: `${state}: ${finding}`,
    shown: exhibits.map(({ what, value, origin }) => `${what}: ${value} (${origin})`),
  };
}

export const FLAGS = 'GET /flagz';
export const JWKS = 'GET /openid/v1/jwks';
export const OWN = 'https://kubernetes.default.svc.cluster.local';
export const ACCOUNTS = 'https://accounts.example.com';
export const LEGACY = 'kubernetes/serviceaccount';

export const noFlags: Partial<Evidence> = { settings: unknown('forbidden to you', 'get /flagz') };
export const noKeys: Partial<Evidence> = { keys: unknown('forbidden to you', 'get /openid/v1/jwks') };
export const noClock: Partial<Evidence> = { serverTime: unknown('the cluster was not asked') };
export const forbidden = unknown('forbidden to you', 'get it');
export const gone: Fact<undefined> = known(undefined, 'get');

/** A server of 1.`minor`. */
export const of = (minor: number): Partial<Evidence> => ({ minorVersion: known(minor, 'GET /version') });

/** What a token said that is not kept. */
export const kept = (claims: object, header: object = {}): Partial<Evidence> => ({
  credential: '',
  claims: { header: { ...header }, claims: { ...claims } },
});

/** An object that is being deleted. */
export const going = (uid: string, deletionTimestamp: number): Evidence['boundObject'] =>
  known(live(uid, { deletionTimestamp }), 'get');
