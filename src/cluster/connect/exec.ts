import { spawn } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { messageOf, Problem } from '../../errors.ts';
import { redact } from '../../redact.ts';
import { field, parseJson, text } from '../read/json.ts';
import type { OpenedContext } from './context.ts';
import type { ExecEntry } from '../../kubeconfig/read.ts';

/** A login in the browser may be part of it; beyond this the program is taken to hang. */
const LONGEST_RUN = 120_000;
const MOST_OUTPUT = 1024 * 1024;

interface PrintedCredential {
  readonly token: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** Seconds since the epoch. */
  readonly expires: number | undefined;
}

/**
 * Runs a kubeconfig's exec program as client-go does (KUBERNETES_EXEC_INFO, no terminal, no shell) and reads the
 * ExecCredential it prints. Only for what was agreed to: see openContext. Throws refused, with the program's
 * name and what it said.
 */
export async function runCredentialProgram(
  exec: ExecEntry,
  context: OpenedContext,
): Promise<PrintedCredential> {
  const failed = (why: string, cause?: unknown): Problem => {
    const hint = exec.installHint === undefined ? '' : ` ${exec.installHint.trim()}`;
    return new Problem('refused', redact(`The credential program "${exec.command}" ${why}.${hint}`), {
      cause,
    });
  };
  if (exec.command === '')
    throw new Problem('bad-kubeconfig', 'The exec entry of the kubeconfig names no command.');
  // What was agreed to is a file (openContext); a bare name would be looked up again, in a PATH that the entry may set.
  if (!isAbsolute(exec.command)) throw failed('is not on PATH');
  if (exec.interactiveMode === 'Always') {
    throw failed('reads from a terminal (interactiveMode: Always), which an editor does not give it');
  }
  const { endpoint } = context;
  const info = {
    kind: 'ExecCredential',
    apiVersion: exec.apiVersion,
    spec: {
      interactive: false,
      ...(exec.provideClusterInfo && {
        cluster: {
          server: endpoint.server,
          'tls-server-name': endpoint.tlsServerName,
          'insecure-skip-tls-verify': endpoint.insecureSkipTlsVerify || undefined,
          'proxy-url': endpoint.proxyUrl,
          config: context.cluster.execConfig,
          'certificate-authority-data':
            endpoint.certificateAuthority === undefined
              ? undefined
              : Buffer.from(endpoint.certificateAuthority).toString('base64'),
        },
      }),
    },
  };
  const env = { ...process.env, ...exec.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) };
  const printed = parseJson(await outputOf(exec, env, failed));
  if (text(printed, 'kind') !== 'ExecCredential') throw failed('printed no ExecCredential');
  if (text(printed, 'apiVersion') !== exec.apiVersion) {
    throw failed(
      `printed apiVersion ${text(printed, 'apiVersion') ?? 'none'}, and the kubeconfig says ${exec.apiVersion}`,
    );
  }
  const status = field(printed, 'status');
  const expires = Date.parse(text(status, 'expirationTimestamp') ?? '') / 1000;
  const credential = {
    token: text(status, 'token'),
    cert: text(status, 'clientCertificateData'),
    key: text(status, 'clientKeyData'),
    expires: Number.isNaN(expires) ? undefined : expires,
  };
  if (credential.token === undefined && credential.cert === undefined) {
    throw failed('printed an ExecCredential without token and certificate');
  }
  return credential;
}

async function outputOf(
  { command, args }: ExecEntry,
  env: NodeJS.ProcessEnv,
  failed: (why: string, cause?: unknown) => Problem,
): Promise<string> {
  return await new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LONGEST_RUN,
      windowsHide: true,
    });
    let output = '';
    let complaint = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      if (output.length > MOST_OUTPUT) child.kill();
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      complaint = (complaint + chunk).slice(-2000);
    });
    child.once('error', (error) => {
      reject(failed(`could not be started: ${messageOf(error)}`, error));
    });
    child.once('close', (code, signal) => {
      if (code === 0) resolve(output);
      else
        reject(
          failed(
            `ended with ${signal ?? `exit code ${code ?? '?'}`}: ${complaint.trim() || 'it said nothing'}`,
          ),
        );
    });
  });
}
