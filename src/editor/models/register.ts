import * as vscode from 'vscode';
import { address, inLabel, words, type Words } from '../../harmless.ts';
import { redact } from '../../redact.ts';
import { isRecord } from '../../token/decode.ts';
import { hasModelTools } from '../workbench/newer.ts';
import type { Services } from '../workbench/services.ts';
import type * as Tools from './tools.ts';

/** Of a file's name that a model gives, in UTF-16 units. */
const MAX_FILE = 120;

/** The tools by which a language model may ask, each time confirmed. Their code is loaded when one is first used. */
export function registerModelTools(services: Services): vscode.Disposable {
  if (!hasModelTools()) return vscode.Disposable.from();
  return vscode.Disposable.from(
    ...Object.entries(modelTools(services)).map(([name, tool]) => vscode.lm.registerTool(name, tool)),
  );
}

type Tool = Required<vscode.LanguageModelTool<unknown>>;

/** The tools by their names in package.json. */
export function modelTools(
  services: Services,
): Readonly<Record<'inspect_token' | 'list_service_accounts', Tool>> {
  return {
    inspect_token: {
      prepareInvocation: ({ input }) =>
        asking('Decode a token for the language model?', 'Decoding the token', [
          words`The model gets what the token in ${placeInWords(input)} says: names, times, IDs and what is wrong with it. It does not get the token itself.`,
          ...(wantsCluster(input)
            ? [
                words`What it depends on is looked up in ${contextInWords(services)}; the token is not sent there.`,
              ]
            : []),
        ]),
      invoke: run(
        services,
        async (tools, input, signal) => await tools.inspectToken(services, input, signal),
      ),
    },
    list_service_accounts: {
      prepareInvocation: () =>
        asking('List ServiceAccounts for the language model?', 'Listing ServiceAccounts', [
          words`The model gets the names of ServiceAccounts, token Secrets and Pods in ${contextInWords(services)}. Only metadata is read, and no token.`,
        ]),
      invoke: run(
        services,
        async (tools, input, signal) => await tools.listServiceAccounts(services, input, signal),
      ),
    },
  };
}

function asking(
  title: string,
  invocationMessage: string,
  paragraphs: readonly Words[],
): vscode.PreparedToolInvocation & {
  readonly confirmationMessages: vscode.LanguageModelToolConfirmationMessages;
} {
  // A file name, as a model gives it, is a stranger's text.
  const message = new vscode.MarkdownString();
  for (const [index, paragraph] of paragraphs.entries()) {
    if (index > 0) message.appendMarkdown('\n\n');
    message.appendText(paragraph.text);
  }
  return { invocationMessage, confirmationMessages: { title, message } };
}

type Run = (tools: typeof Tools, input: unknown, signal: AbortSignal) => Promise<string>;

/** Runs a tool so that neither its answer nor its failure holds a token, whatever it was given. */
function run({ log }: Services, tool: Run): vscode.LanguageModelTool<unknown>['invoke'] {
  return async ({ input }, cancelled) => {
    const stop = new AbortController();
    const listening = cancelled.onCancellationRequested(() => {
      stop.abort();
    });
    try {
      const text = await tool(await import('./tools.ts'), input, stop.signal);
      return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(redact(text))]);
    } catch (error) {
      const message = redact(error instanceof Error ? error.message : String(error));
      log.warn(`A language model's tool failed: ${message}`);
      throw new Error(message, { cause: error });
    } finally {
      listening.dispose();
    }
  };
}

function placeInWords(input: unknown): Words {
  if (!isRecord(input)) return words`the active editor`;
  const { file, line, token } = input;
  if (typeof token === 'string') return words`the chat`;
  if (typeof file !== 'string' || file === '') return words`the active editor`;
  return typeof line === 'number' ? words`${quoted(file)}, line ${line}` : quoted(file);
}

/** Where a name begins and ends, whatever a model has put into it. */
function quoted(name: string): Words {
  return words`“${inLabel(name.replaceAll(/[“”„‟"«»]/g, "'"), MAX_FILE)}”`;
}

function wantsCluster(input: unknown): boolean {
  return isRecord(input) && input['lookInCluster'] === true && vscode.workspace.isTrusted;
}

function contextInWords({ contexts }: Services): Words {
  const { selected } = contexts;
  return selected
    ? words`context ${selected.name} (${address(selected.server)})`
    : words`the current context of your kubeconfig`;
}
