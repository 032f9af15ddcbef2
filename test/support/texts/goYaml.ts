import { YamlFault } from '../../../src/kubeconfig/yaml/cursor.ts';
import { decodeFirst, withoutLines } from '../../../src/kubeconfig/yaml/decode.ts';

/** What is read of a text, as JSON has it; undefined: it has no document. */
export function read(text: string): unknown {
  const value = decodeFirst(text);
  return value && withoutLines(value, Number);
}

/** Why a text is not read, and whether kubectl refuses it too; undefined where it is read. */
export function faultOf(
  text: string,
): { readonly line: number; readonly why: string; readonly isRefused: boolean } | undefined {
  try {
    decodeFirst(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof YamlFault)) throw error;
    const { line, message, isRefused } = error;
    return { line, why: message, isRefused };
  }
}
