import { MOUNTED } from '../../../src/since124/mounted.ts';

/** A program that prints the token of a ServiceAccount's first Secret, and one that reads the mounted token as it starts. */
export interface Programs {
  readonly namesSecret: string;
  /** Waits for a line, then sends a request and prints its status. */
  readonly readsOnce: string;
}

/** By the real client, in a namespace; `server` and `ca` (a file) are for requests without it. */
export const inJavaScript = (namespace: string, server: string): Programs => ({
  namesSecret: `import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';

const config = new KubeConfig();
config.loadFromDefault();
const api = config.makeApiClient(CoreV1Api);
const account = await api.readNamespacedServiceAccount({ name: 'robot', namespace: '${namespace}' });
const name = account.secrets[0].name;
const secret = await api.readNamespacedSecret({ name, namespace: '${namespace}' });
console.log(Buffer.from(secret.data.token, 'base64').toString());
`,
  readsOnce: `import { readFileSync } from 'node:fs';
import { once } from 'node:events';

const TOKEN = readFileSync('${MOUNTED}', 'utf8').trim();
console.log('ready');
await once(process.stdin, 'data');
const headers = { authorization: \`Bearer \${TOKEN}\` };
const answer = await fetch('${server}/apis', { headers });
console.log(answer.status);
process.exit();
`,
});

export const inPython = (namespace: string, server: string): Programs => ({
  namesSecret: `import base64
from kubernetes import client, config

config.load_kube_config()
v1 = client.CoreV1Api()
account = v1.read_namespaced_service_account("robot", "${namespace}")
secret = v1.read_namespaced_secret(account.secrets[0].name, "${namespace}")
print(base64.b64decode(secret.data["token"]).decode())
`,
  readsOnce: `import os
import ssl
import sys
import urllib.error
import urllib.request

TOKEN = open("${MOUNTED}").read().strip()


def status():
    request = urllib.request.Request("${server}/apis", headers={"Authorization": f"Bearer {TOKEN}"})
    try:
        context = ssl.create_default_context(cafile=os.environ["NODE_EXTRA_CA_CERTS"])
        return urllib.request.urlopen(request, context=context).status
    except urllib.error.HTTPError as error:
        return error.code


print("ready", flush=True)
sys.stdin.readline()
print(status(), flush=True)
`,
});
