import { createVSIX } from '@vscode/vsce';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What the Kubernetes extension publishes of its kubeconfig and of the rows of its explorer (vscode-kubernetes-tools-api
 * 1.3.0, configuration/v1_1 and cluster-explorer/v1), and the commands below. A row hands a command an object of its own,
 * of which `resolveCommandTarget` alone tells what it stands for.
 */
const main = `const vscode = require('vscode');
vscode.commands.registerCommand('test.askTool', async () => {
  const tool = await vscode.window.showQuickPick(['list_service_accounts', 'inspect_token']);
  const input = tool === 'inspect_token' ? { file: 'token.env', lookInCluster: true } : {};
  const answer = await vscode.lm.invokeTool(tool, { input, toolInvocationToken: undefined }).then(
    ({ content }) => JSON.stringify(content), (error) => error.message);
  await vscode.window.showInformationMessage(tool + ' answers: ' + answer);
});
vscode.commands.registerCommand('test.callAll', async () => {
  const { packageJSON } = vscode.extensions.getExtension('serviceaccount-tokens.serviceaccount-tokens');
  const ids = packageJSON.contributes.commands.filter(({ enablement }) => enablement === 'isWorkspaceTrusted');
  for (const { command } of ids) void vscode.commands.executeCommand(command, vscode.Uri.file(process.env.VICTIM));
  await vscode.window.showInformationMessage('called ' + ids.length + ' commands');
});
const changed = new vscode.EventEmitter();
let hostPath = process.env.USED_BY_KUBERNETES;
const path = () => ({ pathType: 'host', hostPath });
vscode.commands.registerCommand('test.useNext', () => {
  hostPath = process.env.USED_NEXT;
  changed.fire(path());
});
const kinds = {
  pod: 'Pod', secret: 'Secret', serviceaccount: 'ServiceAccount', deployment: 'Deployment',
};
class Row {
  #node;
  constructor(node) { this.#node = node; }
  static nodeOf(row) { return row instanceof Row ? row.#node : undefined; }
}
vscode.commands.registerCommand('test.rowOf', (nodeType, abbreviation, name, namespace = null) => new Row(
  nodeType === 'resource'
    ? { nodeType, name, namespace, resourceKind: { manifestKind: kinds[abbreviation], abbreviation } }
    : { nodeType, name }));
const apis = {
  'configuration v1_1': { getKubeconfigPath: path, onDidChangeKubeconfigPath: changed.event },
  'clusterexplorer v1': { resolveCommandTarget: Row.nodeOf },
};
exports.activate = () => ({
  get: (component, version) => {
    const api = apis[component + ' ' + version];
    return api ? { available: true, api } : { available: false, reason: 'version-unknown' };
  },
});`;

/** Title of the command that asks a tool for language models, as a model would, and shows the answer. */
export const ASK_TOOL = 'Test: Ask Tool';
/** Title of the command that calls every command that needs a trusted workspace, with the file of the environment variable VICTIM. */
export const CALL_ALL = 'Test: Call All';
/** Title of the command that makes it use another kubeconfig, as its own "Set Kubeconfig" does. */
export const USE_NEXT = 'Test: Use Next Kubeconfig';

/**
 * Packages an extension that passes for the Kubernetes extension, which is not on npm: it says that it uses the
 * kubeconfig of the environment variable USED_BY_KUBERNETES, then USED_NEXT. Returns the path of the VSIX.
 */
export async function packageKubernetesExtension(folder: string): Promise<string> {
  const source = join(folder, 'kubernetes-extension');
  await mkdir(source, { recursive: true });
  const manifest = {
    name: 'vscode-kubernetes-tools',
    publisher: 'ms-kubernetes-tools',
    version: '1.0.0',
    engines: { vscode: '^1.90.0' },
    main: './main.js',
    activationEvents: [],
    contributes: {
      commands: [
        { command: 'test.askTool', title: ASK_TOOL },
        { command: 'test.callAll', title: CALL_ALL },
        { command: 'test.useNext', title: USE_NEXT },
      ],
    },
    capabilities: { untrustedWorkspaces: { supported: true } },
    files: ['main.js'],
  };
  await writeFile(join(source, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(source, 'main.js'), main);
  await writeFile(join(source, 'README.md'), 'For tests.');
  const packagePath = join(folder, 'kubernetes-extension.vsix');
  await createVSIX({ cwd: source, packagePath, allowMissingRepository: true, skipLicense: true });
  return packagePath;
}
