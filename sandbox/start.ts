/**
 * npm start [-- --kubeconfig FILE] [-- --no-cluster]: opens a real editor with the extension and the example
 * workspace, on a throw-away cluster, on the cluster of a kubeconfig, or on none. Ctrl-C ends it all.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packageExtension } from '../scripts/package.ts';
import { openerOf } from '../scripts/system.mjs';
import { startExample, type ExampleOptions } from './example.ts';

/** The example's README is shown as people read it. */
const settings = { 'workbench.editorAssociations': { 'README.md': 'vscode.markdown.preview.editor' } };

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function chosenCluster(): ExampleOptions['cluster'] {
  const { values } = parseArgs({
    options: { kubeconfig: { type: 'string' }, 'no-cluster': { type: 'boolean', default: false } },
  });
  if (values.kubeconfig === undefined) return values['no-cluster'] ? 'none' : 'sandbox';
  // npm runs scripts in the package's folder, and says where it was called.
  const kubeconfig = resolve(process.env['INIT_CWD'] ?? '.', values.kubeconfig);
  if (!existsSync(kubeconfig)) throw new Error(`There is no kubeconfig at ${kubeconfig}.`);
  return { kubeconfig };
}

/** Opens the address in the person's own browser, where there is a screen for it; failing to is no failure. */
function openInBrowser(url: string): void {
  const [program, ...args] = openerOf(url, process.env) ?? [];
  if (program === undefined) return;
  spawn(program, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}

async function main(): Promise<void> {
  const cluster = chosenCluster();
  say('Packaging the extension …');
  const vsix = await packageExtension();
  say('Starting the editor …');
  const example = await startExample({ vsix, cluster, report: say, settings });
  let isEnding = false;
  const end = async (code: number): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    say('Ending …');
    await example.stop();
    process.exit(code);
  };
  process.on('SIGINT', () => void end(0));
  process.on('SIGTERM', () => void end(0));
  say(`\nThe editor is at ${example.url}\nCtrl-C ends it.\n`);
  openInBrowser(example.url);
  try {
    if (await example.cluster) {
      say('\nThe example is in the cluster. Open "ServiceAccounts" in the Activity Bar.');
    }
  } catch (error) {
    if (isEnding) return;
    say(`\nThe cluster did not start: ${error instanceof Error ? error.message : String(error)}`);
    say('The editor goes on without it: hovers work.');
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
