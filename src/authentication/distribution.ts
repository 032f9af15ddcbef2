import { EKS, providerOfIssuer } from '../token/foreign.ts';
import type { Evidence } from './evidence.ts';

/** What a cluster seems to be, and by what sign: nothing that a server says of itself proves it. */
export interface Distribution {
  /** "Amazon EKS" */
  readonly name: string;
  /** "its release, v1.30.4-eks-a737599" */
  readonly sign: string;
}

/**
 * How those who build Kubernetes anew call their releases, each in its own documentation or build script: a suffix of
 * `gitVersion`.
 */
const RELEASES: readonly (readonly [release: RegExp, name: string])[] = [
  [/-eks-[0-9a-f]{1,40}$/, EKS],
  [/-gke\.\d{1,10}$/, 'Google GKE'],
  [/-aliyun\.\d{1,5}$/, 'Alibaba Cloud ACK'],
  [/-tke\.\d{1,5}$/, 'Tencent TKE'],
  [/\+k3s\d{1,3}$/, 'k3s'],
  [/\+rke2r\d{1,3}$/, 'RKE2'],
  [/\+vmware\.\d{1,5}/, 'VMware Tanzu'],
  [/\+[0-9a-f]{7,12}$/, 'OpenShift'],
];

/** Which distribution a cluster seems to be, by its release or else by its issuer; undefined where neither says. */
export function distributionOf({
  release,
  issuer,
}: Pick<Evidence, 'release' | 'issuer'>): Distribution | undefined {
  if (release.known) {
    const { value } = release;
    const found = RELEASES.find(([pattern]) => pattern.test(value.slice(0, 100)));
    if (found) return { name: found[1], sign: `its release, ${value}` };
  }
  if (!issuer.known) return undefined;
  const name = providerOfIssuer(issuer.value);
  return name === undefined ? undefined : { name, sign: `its issuer, ${issuer.value}` };
}

/** "Amazon EKS, by its release, v1.30.4-eks-a737599" */
export function distributionInWords({ name, sign }: Distribution): string {
  return `${name}, by ${sign}`;
}
