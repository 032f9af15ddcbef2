/** The path of an object of the core group at the API server; `namespace` is empty for what belongs to the whole cluster. */
export function objectPath(namespace: string, plural: string, name: string): string {
  return `/api/v1${inNamespace(namespace)}/${plural}/${name}`;
}

/** The same of roles and bindings. */
export function rbacPath(namespace: string, plural: string, name: string): string {
  return `/apis/rbac.authorization.k8s.io/v1${inNamespace(namespace)}/${plural}/${name}`;
}

function inNamespace(namespace: string): string {
  return namespace === '' ? '' : `/namespaces/${namespace}`;
}
