import { sandboxVersion } from '../../sandbox/binaries.ts';

/** The newest patch releases whose modules Go's proxy has; undefined is the sandbox's own. */
export const VERSIONS = ['1.24.17', '1.28.15', '1.30.14', '1.33.13', '1.35.4', undefined] as const;

/** As each calls itself, e.g. `v1.24.17`. */
export async function releases(): Promise<readonly string[]> {
  const own = await sandboxVersion();
  return VERSIONS.map((version) => `v${version ?? own}`);
}
