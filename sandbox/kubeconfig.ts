import { writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import type { Certified } from './certificates.ts';

interface Entry {
  readonly server: string;
  /** The CA's certificate, as PEM. */
  readonly ca: string;
  readonly user: string;
  /** A bearer token, or a client certificate. */
  readonly credential: string | Certified;
  /** Name of the cluster and of the context; `sandbox` if not given. */
  readonly name?: string;
  readonly namespace?: string;
}

/** A kubeconfig with one context and everything that it needs inside. */
function kubeconfigText({ server, ca, user, credential, name = 'sandbox', namespace }: Entry): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(ca) } }],
      users: [
        {
          name: user,
          user:
            typeof credential === 'string'
              ? { token: credential }
              : {
                  'client-certificate-data': base64(credential.certificate),
                  'client-key-data': base64(credential.key),
                },
        },
      ],
      contexts: [
        { name, context: { cluster: name, user, ...(namespace === undefined ? {} : { namespace }) } },
      ],
      'current-context': name,
    },
    { lineWidth: 0 },
  );
}

/** Writes it to a file that only this user may read. */
export async function writeKubeconfig(path: string, entry: Entry): Promise<void> {
  await writeFile(path, kubeconfigText(entry), { mode: 0o600 });
}
