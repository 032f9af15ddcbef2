/**
 * `npm run sweep -- FOLDER…`: says each problem that is found in the files of others, as charts and examples in a clone or
 * a package cache, to be looked at: what is no fault of theirs is one of ours. Tokens in them are judged as if git tracked
 * them. Nothing of a file is shown but its path and line.
 */
import { readFileSync } from 'node:fs';
import { glob, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { rules } from '../../src/problems/catalog.ts';
import { problemsInText } from '../support/texts/textProblems.ts';

const FILES =
  '**/*.{yaml,yml,json,tpl,tmpl,conf,kubeconfig,md,txt,sh,bash,env,toml,tf,py,go,js,Dockerfile,mk}';
/** Larger ones are no manifests, in bytes. */
const LARGEST = 8_000_000;

const folders = process.argv.slice(2);
if (folders.length === 0) throw new Error('Which folders? npm run sweep -- FOLDER…');
const now = Math.floor(Date.now() / 1000);
const counts = new Map<string, number>();
let files = 0;
let bytes = 0;
for (const folder of folders) {
  for await (const name of glob(FILES, { cwd: folder })) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined); // A link may lead nowhere.
    if (!found?.isFile() || found.size > LARGEST) continue;
    const text = readFileSync(path, 'utf8');
    files += 1;
    bytes += found.size;
    for (const { rule, message, start } of problemsInText(path, text, true, now)) {
      counts.set(rule, (counts.get(rule) ?? 0) + 1);
      const line = text.slice(0, start).split('\n').length;
      process.stdout.write(`${path}:${line} ${rules[rule]} ${rule}: ${message}\n`);
    }
  }
}
const each = [...counts].map(([rule, count]) => `${count} ${rule}`).join(', ');
process.stdout.write(`${files} files, ${(bytes / 1e6).toFixed(1)} MB: ${each || 'no problem'}\n`);
