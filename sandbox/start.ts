/**
 * npm start [-- --context NAME] [-- --kubeconfig FILE] [-- --no-cluster]: opens a real editor with the extension and the
 * example workspace, on a throw-away cluster, on one of the user's own, or on none. Ctrl-C ends it all.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packageExtension } from '../scripts/package.ts';
import { openerOf } from '../scripts/system.mjs';
import { isLocal, ownContexts } from './contexts.ts';
import { startExample, type ExampleOptions } from './example.ts';

/** The example's README is shown as people read it. */
const settings = { 'workbench.editorAssociations': { 'README.md': 'vscode.markdown.preview.editor' } };

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function chosenCluster(): Promise<ExampleOptions['cluster']> {
  const { values } = parseArgs({
    options: {
      context: { type: 'string' },
      kubeconfig: { type: 'string' },
      'no-cluster': { type: 'boolean', default: false },
    },
  });
  const { context } = values;
  if (context !== undefined) {
    const contexts = await ownContexts();
    if (contexts.includes(context)) return { context };
    throw new Error(`Your kubeconfig has no context "${context}". It has: ${contexts.join(', ') || 'none'}.`);
  }
  if (values.kubeconfig === undefined) return values['no-cluster'] ? 'none' : 'sandbox';
  // npm runs scripts in the package's folder, and says where it was called.
  const kubeconfig = resolve(process.env['INIT_CWD'] ?? '.', values.kubeconfig);
  if (!existsSync(kubeconfig)) throw new Error(`There is no kubeconfig at ${kubeconfig}.`);
  return { kubeconfig };
}

/** Says what there is in the place of a new cluster. */
async function offerContexts(): Promise<void> {
  const local = (await ownContexts()).filter(isLocal);
  if (local.length === 0) return;
  say(`Your kubeconfig has ${local.join(', ')}. To use one and start no other cluster:`);
  for (const context of local) say(`  npm start -- --context ${context}`);
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
  const cluster = await chosenCluster();
  if (cluster === 'sandbox') await offerContexts();
  say('Packaging the extension …');
  const vsix = await packageExtension();
  say('Starting the editor …');
  const example = await startExample({ vsix, cluster, report: say, settings, takesFound: true });
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
    if (await example.cluster) say('\nAll of the example is there, kubectl in its terminals too.');
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
