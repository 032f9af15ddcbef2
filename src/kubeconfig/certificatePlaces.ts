import { placeOfValue } from '../yaml/fields.ts';
import type { Field, YamlText } from '../yaml/yamlText.ts';
import type { CertificateUse } from './certificate.ts';

/** A certificate that a kubeconfig holds or names, and where its field's value is. Offsets in UTF-16 units. */
export interface CertificateInText {
  readonly use: CertificateUse;
  /** PEM in base64, or the path of a file as it is written. */
  readonly is: 'data' | 'path';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The client certificates and certificate-authorities of a kubeconfig document. */
export function certificatesInText(yaml: YamlText): CertificateInText[] {
  const of = (list: string, entry: string, name: string, use: CertificateUse): CertificateInText[] =>
    yaml.items(yaml.field(yaml.root, list)).flatMap((item) => {
      const fields = yaml.field(item, entry);
      const data = found(yaml, yaml.field(fields, `${name}-data`), use, 'data');
      const path = found(yaml, yaml.field(fields, name), use, 'path');
      return [data ?? [], path ?? []].flat();
    });
  return [
    ...of('users', 'user', 'client-certificate', 'client'),
    ...of('clusters', 'cluster', 'certificate-authority', 'authority'),
  ];
}

function found(
  yaml: YamlText,
  field: Field | undefined,
  use: CertificateUse,
  is: CertificateInText['is'],
): CertificateInText | undefined {
  const text = yaml.filled(field);
  return field && text !== undefined ? { use, is, text, ...placeOfValue(field) } : undefined;
}
