/**
 * The fields by which each form is known in which the events of an API server come: its own, that of Log Analytics and
 * that of Cloud Logging. An event that stands as text within a record has its quotes escaped.
 */
const FORMS: readonly (readonly RegExp[])[] = [
  [
    /"apiVersion\\{0,3}"\s{0,8}:\s{0,8}\\{0,3}"audit\.k8s\.io\//,
    /"kind\\{0,3}"\s{0,8}:\s{0,8}\\{0,3}"Event(?:List)?\\{0,3}"/,
  ],
  [/"AuditId"\s{0,8}:/, /"RequestUri"\s{0,8}:/],
  [/"methodName"\s{0,8}:\s{0,8}"io\.k8s\./],
];

/** Whether the beginning of a text is that of an audit log of an API server. */
export function looksLikeAuditLog(beginning: string): boolean {
  return FORMS.some((fields) => fields.every((one) => one.test(beginning)));
}
