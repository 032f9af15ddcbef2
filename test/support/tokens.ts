/** base64 of a text's UTF-8, or of bytes; as browsers have it too, where some tests run. */
export function base64(value: string | Uint8Array): string {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** Builds compact JWTs for tests; the signature is made up, as nothing here verifies one. */
export function jwt(claims: object, header: object = { alg: 'RS256', kid: 'key-1' }): string {
  const part = (value: string | Uint8Array): string =>
    base64(value).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const signature = new Uint8Array(256).fill(7);
  return `${part(JSON.stringify(header))}.${part(JSON.stringify(claims))}.${part(signature)}`;
}

/** Claims of a bound token as the API server issues them (kubernetes pkg/serviceaccount/claims.go). */
export function boundClaims(own: object = {}, claims: object = {}): object {
  return {
    aud: ['https://kubernetes.default.svc.cluster.local'],
    exp: 1_800_003_600,
    iat: 1_800_000_000,
    nbf: 1_800_000_000,
    iss: 'https://kubernetes.default.svc.cluster.local',
    jti: '6d0d5ed4-7d6c-4bd1-b8a3-9f9a6f6d8b0e',
    sub: 'system:serviceaccount:kube-system:mycontroller',
    'kubernetes.io': {
      namespace: 'kube-system',
      serviceaccount: { name: 'mycontroller', uid: '11111111-2222-3333-4444-555555555555' },
      ...own,
    },
    ...claims,
  };
}

/** Claims of a legacy token (kubernetes pkg/serviceaccount/legacy.go). */
export function legacyClaims(claims: object = {}): object {
  return {
    iss: 'kubernetes/serviceaccount',
    sub: 'system:serviceaccount:kube-system:mycontroller',
    'kubernetes.io/serviceaccount/namespace': 'kube-system',
    'kubernetes.io/serviceaccount/secret.name': 'mycontroller-token',
    'kubernetes.io/serviceaccount/service-account.name': 'mycontroller',
    'kubernetes.io/serviceaccount/service-account.uid': '11111111-2222-3333-4444-555555555555',
    ...claims,
  };
}
