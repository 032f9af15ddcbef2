import { Problem } from '../errors.ts';

/**
 * The text of a kubeconfig file: UTF-8, or UTF-16 where its first bytes say so, as kubectl takes it (readerc.go of
 * go.yaml.in/yaml/v2); a byte order mark stays. `origin` names the file in messages. Throws bad-kubeconfig where its bytes are no such text.
 */
export function textOfKubeconfig(bytes: Uint8Array, origin: string): string {
  const encoding = encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new Problem('bad-kubeconfig', `${origin} is no text in ${encoding.toUpperCase()}.`, {
      cause: error,
    });
  }
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
