import { judgeCertificate } from '../../src/files/kubeconfigCertificates.ts';
import { silenced } from '../../src/silenced.ts';
import { checkText } from '../../src/problems/documentChecks.ts';
import { placeIn } from '../../src/manifest/tokenPlace.ts';
import { nextChange, problemsOf } from '../../src/problems/tokenRules.ts';
import { trackedPaths } from '../../src/files/git/gitIndex.ts';
import { addIgnoreFile, isIgnored } from '../../src/files/git/ignore.ts';
import { cursorAt } from '../../src/manifest/cursorAt.ts';
import { piecesOf, textOf } from '../../src/manifest/pieces.ts';
import { redact } from '../../src/redact.ts';
import { findRefusals } from '../../src/refusal/find.ts';
import { meaningOf } from '../../src/refusal/reason.ts';
import { findOutdated } from '../../src/since124/find.ts';
import { classifyToken } from '../../src/token/classify.ts';
import { kindInWords, ownerInWords, verdict } from '../../src/token/describe.ts';
import { nextPhase } from '../../src/token/life.ts';
import { TokenTrack } from '../../src/token/track.ts';
import { TextLines } from '../support/place.ts';
import type { Watch } from './watch.ts';

const now = 1_800_000_000;
const soon = 600;
/** So many tokens and problems of a file are shown (src/editor/problems), and so many fixes are asked for here. */
const SHOWN = 1000;
const FIXED = 20;
/** So many words of a refusal are looked at (src/editor/refusals). */
const MOST_REFUSALS = 20_000;
/** A file of each way in which lines from before 1.24 are looked for. */
const OF_LANGUAGES = [
  'a.sh',
  'Makefile',
  'a.yaml',
  'a.md',
  'a.tf',
  'a.go',
  'a.ts',
  'a.py',
  'package.json',
] as const;
/** At so many places something is typed. */
const TYPED = 20;

/** Everything without an editor in it that runs when a text is opened, edited, looked at and typed in. */
export function openText(text: string, watch: Watch): void {
  const track = new TokenTrack(text.length);
  const read = (from: number, to: number): string => text.slice(from, to);
  const lines = new TextLines(text);
  const judge = (): void => {
    for (const found of track.findings.slice(0, SHOWN)) {
      watch.once('judging a token', () => {
        const around = placeIn(lines, lines.positionAt(found.start), lines.positionAt(found.end));
        for (const { message } of problemsOf(found, { ...around, isTracked: true }, { now, soon })) {
          shown(message);
        }
        nextChange(found, { now, soon });
      });
    }
  };
  watch.run('finding tokens', track.scan(read));
  judge();
  watch.once('marking tokens', () => {
    for (const found of track.findings.slice(0, SHOWN)) {
      if (found.kind !== 'jws') continue;
      const token = classifyToken(found.decoded);
      nextPhase(token, now, soon);
      [kindInWords(token), verdict(token, now, soon), ownerInWords(token)].map(shown);
    }
  });
  const refusals = watch.run('finding words of a refusal', findRefusals(text, MOST_REFUSALS));
  watch.once('reading a reason', () => {
    for (const one of (refusals ?? []).slice(0, TYPED)) shown(meaningOf(text, one).headline);
  });
  for (const path of OF_LANGUAGES) {
    const outdated = watch.run('finding lines from before 1.24', findOutdated(path, text));
    for (const { fixes } of (outdated ?? []).slice(0, FIXED))
      watch.once('fixing a line from before 1.24', fixes);
  }
  const pieces = watch.run('finding documents', piecesOf(textOf(text)));
  const checked = watch.run('checking documents', checkText(pieces, new Map()));
  for (const { message } of checked.problems.slice(0, SHOWN))
    watch.once('showing a problem', () => shown(message));
  for (const { fixes } of checked.problems.slice(0, FIXED)) watch.once('fixing a problem', fixes);
  for (const one of checked.certificates.slice(0, SHOWN)) {
    watch.once('judging a certificate', () => judgeCertificate(one, { now, soon }));
  }
  for (let place = 0; place < TYPED; place++) {
    const line = Math.floor((place / TYPED) * lines.count);
    const above = (distance: number): string | undefined =>
      distance > line ? undefined : lines.line(line - distance).slice(0, 2000);
    watch.once('completing', () => cursorAt(lines.line(line).slice(0, 2000), above));
  }
  const middle = Math.floor(text.length / 2);
  watch.once('noting an edit', () => {
    track.edit([{ offset: middle, removed: 0, inserted: 0 }]);
  });
  watch.run('finding tokens again', track.scan(read));
  watch.run('checking documents again', checkText(pieces, checked.read));
}

/** What is done to a message before it is shown. */
function shown(message: string): void {
  silenced(redact(message));
}

/** What reads a repository's index. */
export function openIndex(bytes: Uint8Array, watch: Watch): void {
  watch.run('reading an index', trackedPaths(bytes));
}

/** What reads a file of ignore rules, and asks about a path. */
export function openIgnoreFile(text: string, path: readonly string[], watch: Watch): void {
  const rules = watch.run('reading ignore rules', addIgnoreFile([], text, 0));
  watch.run('asking ignore rules', isIgnored(rules ?? [], path, false));
}
