import { expect, it } from 'vitest';
import { distributionInWords, distributionOf } from '../../../src/authentication/distribution.ts';
import { known, unknown } from '../../../src/authentication/evidence.ts';

const unasked = unknown('the cluster was not asked');
const OWN = 'https://kubernetes.default.svc.cluster.local';

it.each([
  ['v1.30.4-eks-a737599', OWN, 'Amazon EKS, by its release, v1.30.4-eks-a737599'],
  ['v1.29.4-gke.1043002', OWN, 'Google GKE, by its release, v1.29.4-gke.1043002'],
  ['v1.31.2+k3s1', OWN, 'k3s, by its release, v1.31.2+k3s1'],
  ['v1.31.2+rke2r1', OWN, 'RKE2, by its release, v1.31.2+rke2r1'],
  ['v1.31.2+rke2r12', OWN, 'RKE2, by its release, v1.31.2+rke2r12'],
  ['v1.31.2+rke2r1-dirty', OWN, undefined],
  ['v1.31.2+k3s12', OWN, 'k3s, by its release, v1.31.2+k3s12'],
  ['v1.31.2+k3s1-dirty', OWN, undefined],
  ['v1.30.1-aliyun.1', OWN, 'Alibaba Cloud ACK, by its release, v1.30.1-aliyun.1'],
  ['v1.30.1-aliyun.1-dirty', OWN, undefined],
  ['v1.30.0-tke.12', OWN, 'Tencent TKE, by its release, v1.30.0-tke.12'],
  ['v1.30.0-tke.12-dirty', OWN, undefined],
  ['v1.29.4-gke.1043002-dirty', OWN, undefined],
  ['v1.30.4-eks-a737599-dirty', OWN, undefined],
  ['v1.28.8+vmware.1-fips.1', OWN, 'VMware Tanzu, by its release, v1.28.8+vmware.1-fips.1'],
  ['v1.27.10+c79e5e2', OWN, 'OpenShift, by its release, v1.27.10+c79e5e2'],
  [
    'v1.30.3',
    'https://westeurope.oic.prod-aks.azure.com/t/c/',
    'Azure AKS, by its issuer, https://westeurope.oic.prod-aks.azure.com/t/c/',
  ],
  [
    undefined,
    'https://oidc.eks.eu-west-1.amazonaws.com/id/ABC',
    'Amazon EKS, by its issuer, https://oidc.eks.eu-west-1.amazonaws.com/id/ABC',
  ],
  ['v1.37.2', OWN, undefined],
  ['v1.38.0-alpha.1', OWN, undefined],
  ['v1.31.2-k3s1', 'https://eks.example/id/', undefined],
  [undefined, undefined, undefined],
])('a cluster of release %s and issuer %s seems to be: %s', (release, issuer, expected) => {
  const found = distributionOf({
    release: release === undefined ? unasked : known(release, 'GET /version'),
    issuer: issuer === undefined ? unasked : known(issuer, 'GET /.well-known/openid-configuration'),
  });
  expect(found && distributionInWords(found)).toBe(expected);
});
