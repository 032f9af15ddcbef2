/**
 * The oldest editor that is supported. The host suite runs on it; package.json's `engines.vscode` and `@types/vscode`,
 * the target of the bundles and the types of Node for src are held to it by a unit test.
 */
export const floor = {
  /** Cursor, Windsurf, VSCodium and Theia follow VS Code by months. */
  vscode: '1.96',
  /** The release of code-server on npm that has this VS Code. */
  codeServer: '4.96.4',
  /** What this VS Code runs extensions on (its remote/.npmrc). */
  node: '20.18.1',
} as const;
