import { outdatedRules } from './finding.ts';
import type { FoundLine, LineSeverity } from './foundLines.ts';

export const FORMATS = ['text', 'sarif', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** What was found, for people, for code scanning, or for another program. */
export function printed(found: readonly FoundLine[], format: Format): string {
  switch (format) {
    case 'text':
      return found.map(lineOf).join('');
    case 'json':
      return `${JSON.stringify(found, undefined, 2)}\n`;
    case 'sarif':
      return `${JSON.stringify(sarifOf(found), undefined, 2)}\n`;
  }
}

function lineOf({ path, line, column, severity, rule, message }: FoundLine): string {
  return `${visible(path)}:${line}:${column}: ${severity}: ${message} [${rule}]\n`;
}

/** A file's name may hold what a terminal acts on. */
function visible(path: string): string {
  return path.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD');
}

/** A log of SARIF 2.1.0 (OASIS), as code scanning takes it. */
function sarifOf(found: readonly FoundLine[]): unknown {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'serviceaccount-tokens',
            rules: Object.entries(outdatedRules).map(([id, level]) => ({
              id,
              defaultConfiguration: { level: levelOf(level) },
              shortDescription: { text: `${id.replaceAll('-', ' ')}, since Kubernetes 1.24` },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: found.map(({ path, line, column, endLine, endColumn, rule, severity, message }) => ({
          ruleId: rule,
          level: levelOf(severity),
          message: { text: message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(path) },
                region: { startLine: line, startColumn: column, endLine, endColumn },
              },
            },
          ],
        })),
      },
    ],
  };
}

/** SARIF has no hints. */
function levelOf(severity: LineSeverity): 'error' | 'warning' | 'note' {
  return severity === 'error' || severity === 'warning' ? severity : 'note';
}

/** A path as a relative reference, from where the program runs. */
function uriOf(path: string): string {
  return path.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
}
