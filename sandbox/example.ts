import { generateKeyPair, SignJWT } from 'jose';
import { constants } from 'node:fs';
import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asPathList, usualKubeconfigs } from '../src/files/system.ts';
import { programsBy, startServers, type ControlPlane, type Servers } from './controlPlane.ts';
import { contextInUse } from './contexts.ts';
import { startEditor, type Editor } from './editor.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { seed, seedTokens, type ExampleTokens } from './seed.ts';

const files = fileURLToPath(new URL('example', import.meta.url));

/** A real editor with the example workspace, on a real cluster or on none. */
export interface Example {
  readonly editor: Editor;
  /** Path of the workspace folder. */
  readonly workspace: string;
  /** The address to open in a browser. */
  readonly url: string;
  /** Settles once the cluster is up and its tokens are in the workspace; undefined where none was asked for. */
  readonly cluster: Promise<ControlPlane> | undefined;
  readonly stop: () => Promise<void>;
}

export interface ExampleOptions {
  /** The packaged extension. */
  readonly vsix: string;
  /** `sandbox`: a throw-away cluster; `none`: no cluster; else the path of the user's own kubeconfig, or a context of theirs. */
  readonly cluster: 'sandbox' | 'none' | { readonly kubeconfig: string } | { readonly context: string };
  /** Whether the editor asks if the folder's authors are trusted; no if not given. */
  readonly workspaceTrust?: boolean;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** More environment variables for the editor. */
  readonly env?: Readonly<Record<string, string>>;
  /** More arguments for the throw-away cluster's kube-apiserver. */
  readonly extraApiServerArgs?: readonly string[];
  /** Whether a control plane that this machine has will do, of whatever version. */
  readonly takesFound?: boolean;
  /** Is told what is being done, a line at a time. */
  readonly report?: (line: string) => void;
}

/**
 * Opens the example. The editor is up at once, with tokens that a throw-away key signed; when the cluster is ready,
 * its own tokens take their place, and its kubeconfig appears where the editor looks for it.
 */
export async function startExample(options: ExampleOptions): Promise<Example> {
  const { vsix, report = () => {}, settings = {}, workspaceTrust = false, takesFound } = options;
  const { extraApiServerArgs = [] } = options;
  const ending = new AbortController();
  const kubeconfigOf = (folder: string): string => join(folder, 'kubeconfig');
  // The example's terminal has a kubectl, whether this machine has one or not.
  const programsOf = (folder: string): string => join(folder, 'bin');
  const editor = await startEditor({
    vsix,
    settings,
    workspaceTrust,
    env: (folder) => ({
      PATH: [programsOf(folder), process.env['PATH']].join(delimiter),
      ...options.env,
      KUBECONFIG: kubeconfigsFor(options.cluster, kubeconfigOf(folder)),
    }),
  });
  if (typeof options.cluster === 'object' && 'context' in options.cluster) {
    await writeFile(kubeconfigOf(editor.folder), contextInUse(options.cluster.context));
  }
  const workspace = join(editor.folder, 'example');
  await cp(files, workspace, { recursive: true });
  await writeTokens(workspace, await madeUpTokens(), { server: 'https://127.0.0.1:6443', ca: '' });

  let servers: Servers | undefined;
  const start = async (): Promise<ControlPlane> => {
    const { signal } = ending;
    servers = await startServers({
      signal,
      extraApiServerArgs,
      takesFound,
      report,
      onApiServer: async ({ kubeconfig, request }) => {
        await cp(kubeconfig, kubeconfigOf(editor.folder));
        report('The API server is up: "ServiceAccounts" in the Activity Bar fills.');
        await seed(request);
      },
    });
    const ca = await readFile(servers.caFile, 'utf8');
    await writeTokens(workspace, await seedTokens(servers.request), { server: servers.server, ca });
    report('The example is in the cluster.');
    const kubectl = await programsBy({ report, signal, takesFound })('kubectl');
    if (!(process.env['PATH'] ?? '').split(delimiter).includes(dirname(kubectl))) {
      const programs = programsOf(editor.folder);
      await mkdir(programs, { recursive: true });
      await copyFile(kubectl, join(programs, basename(kubectl)), constants.COPYFILE_FICLONE);
    }
    return { ...servers, kubectl };
  };
  const cluster = options.cluster === 'sandbox' ? start() : undefined;
  cluster?.catch(() => {}); // Whoever awaits it is told; nobody has to.

  return {
    editor,
    workspace,
    cluster,
    url: editor.url({ workspace, file: join(workspace, 'README.md') }),
    stop: async () => {
      ending.abort();
      await cluster?.catch(() => {});
      await servers?.stop();
      await editor.stop();
    },
  };
}

/** What the editor is to have for $KUBECONFIG; `own` is the path of the example's. */
function kubeconfigsFor(cluster: ExampleOptions['cluster'], own: string): string {
  if (typeof cluster === 'string') return own;
  return 'kubeconfig' in cluster ? cluster.kubeconfig : asPathList([own, ...usualKubeconfigs()]);
}

/** Writes the files that hold tokens. */
async function writeTokens(
  workspace: string,
  { podBound, legacy, otherAudience }: ExampleTokens,
  { server, ca }: { readonly server: string; readonly ca: string },
): Promise<void> {
  const host = join(workspace, 'host', 'etc', 'cni', 'net.d');
  await mkdir(host, { recursive: true });
  const entry = { server, ca, user: 'mycontroller', credential: podBound, name: 'host' };
  await writeKubeconfig(join(host, 'mycontroller.kubeconfig'), entry);
  await writeFile(
    join(workspace, 'several-tokens.env'),
    [
      '# Point at each token: the hover says whose it is, what it hangs on and how long it lives.',
      '',
      '# A legacy token, from the Secret ci/deployer-token. It never expires.',
      `CI_TOKEN=${legacy}`,
      '',
      '# The same as it stands in the Secret: base64 once more.',
      `CI_TOKEN_BASE64=${Buffer.from(legacy).toString('base64')}`,
      '',
      '# A bound token for another audience: the API server itself refuses it.',
      `VAULT_TOKEN="${otherAudience}"`,
      '',
      '# A Pod’s token in a header.',
      `curl -H 'Authorization: Bearer ${podBound}' ${server}/api`,
      '',
    ].join('\n'),
    { mode: 0o600 },
  );
}

/** Tokens of the same shape as the cluster's, signed by a key that is thrown away: no server accepts them. */
async function madeUpTokens(): Promise<ExampleTokens> {
  const { privateKey } = await generateKeyPair('RS256');
  const now = Math.floor(Date.now() / 1000);
  const sign = async (claims: Record<string, unknown>): Promise<string> =>
    await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'example' }).sign(privateKey);
  const issuer = 'https://kubernetes.default.svc.cluster.local';
  const bound = (namespace: string, name: string, life: number, audience: string, own: object): object => ({
    aud: [audience],
    exp: now + life,
    iat: now,
    nbf: now,
    iss: issuer,
    jti: crypto.randomUUID(),
    sub: `system:serviceaccount:${namespace}:${name}`,
    'kubernetes.io': { namespace, serviceaccount: { name, uid: crypto.randomUUID() }, ...own },
  });
  return {
    podBound: await sign({
      ...bound('kube-system', 'mycontroller', 31_536_000, issuer, {
        pod: { name: 'mycontroller-x7k2p', uid: crypto.randomUUID() },
        warnafter: now + 3607,
      }),
    }),
    legacy: await sign({
      iss: 'kubernetes/serviceaccount',
      sub: 'system:serviceaccount:ci:deployer',
      'kubernetes.io/serviceaccount/namespace': 'ci',
      'kubernetes.io/serviceaccount/secret.name': 'deployer-token',
      'kubernetes.io/serviceaccount/service-account.name': 'deployer',
      'kubernetes.io/serviceaccount/service-account.uid': crypto.randomUUID(),
    }),
    otherAudience: await sign({ ...bound('ci', 'deployer', 600, 'vault', {}) }),
  };
}
