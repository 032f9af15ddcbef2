#!/usr/bin/env node
/** `serviceaccount-tokens check`: the rules for lines from before Kubernetes 1.24, without an editor. */
import { parseArgs } from 'node:util';
import { messageOf } from '../errors.ts';
import { checkPaths } from './files.ts';
import { FORMATS, printed, type Format } from '../since124/printed.ts';

const USAGE = `serviceaccount-tokens check [PATH…] [--format text|sarif|json]

Finds the lines of scripts, CI files, Terraform, templates and programs that break since Kubernetes 1.24.
Without a PATH it looks through this folder. Ends with 1 where there is an error, with 2 where it cannot look.
`;

/** @returns The exit code. */
function run(args: readonly string[]): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { format: { type: 'string', default: 'text' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  const [command, ...paths] = positionals;
  if (command !== 'check' || !isFormat(values.format)) {
    process.stderr.write(USAGE);
    return 2;
  }
  const found = checkPaths(paths.length > 0 ? paths : ['.']);
  process.stdout.write(printed(found, values.format));
  return found.some(({ severity }) => severity === 'error') ? 1 : 0;
}

function isFormat(text: string): text is Format {
  return FORMATS.some((one) => one === text);
}

try {
  process.exitCode = run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 2;
}
