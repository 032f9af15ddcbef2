import { SHORTEST_SECONDS } from '../kubernetes.ts';
import type { Fix } from '../manifest/problem.ts';
import { parseDuration } from '../token/duration.ts';
import type { Outdated } from './finding.ts';
import { outputOf } from './kubectlCommand.ts';
import type { Script } from './script.ts';
import type { Command, Word } from './shell.ts';

/** What clusters of the large providers grant at most, in seconds (DataDog/stratus-red-team#163, MicrosoftDocs/azure-docs#102161). */
const GRANTED = 86_400;
/** Units that people write and Go's time.ParseDuration does not know, in hours. */
const HOURS: readonly (readonly [unit: RegExp, hours: number])[] = [
  [/^d(?:ays?)?$/, 24],
  [/^w(?:eeks?)?$/, 7 * 24],
  [/^y(?:ears?)?$/, 365 * 24],
];

/** Lives that a script asks for by `kubectl create token --duration`, or by a request of its own, and does not get. */
export function livesIn(script: Script): Outdated[] {
  return [...durationsIn(script), ...requestsIn(script)];
}

/** A TokenRequest as curl or `kubectl create --raw` sends it, with a life that is too short. */
function requestsIn(script: Script): Outdated[] {
  return script.pipelines
    .flatMap(({ commands }) => commands)
    .filter(({ words }) => words.some(({ text }) => /\/serviceaccounts\/[^/\s]{1,253}\/token\b/.test(text)))
    .flatMap(({ words }) => words)
    .flatMap((word) => {
      const raw = script.raw(word);
      const seconds = /expirationSeconds\\?["']?\s{0,20}:\s{0,20}(\d{1,10})(?!\d)/.exec(raw);
      if (!seconds?.[1] || Number(seconds[1]) >= SHORTEST_SECONDS) return [];
      const end = word.start + seconds.index + seconds[0].length;
      return [refused({ start: end - seconds[1].length, end }, String(SHORTEST_SECONDS))];
    });
}

function durationsIn(script: Script): Outdated[] {
  return script.kubectls.flatMap((kubectl) => {
    const { verb, args, flags, command } = kubectl;
    const duration = flags.get('duration');
    if (verb !== 'create' || args[0]?.text !== 'token' || duration === undefined) return [];
    const word = durationWord(command);
    if (!word) return [];
    const start = word.start + script.raw(word).lastIndexOf(duration);
    const place = { start, end: start + duration.length };
    const output = outputOf(kubectl);
    const isRead = ['json', 'yaml'].includes(output) || output.includes('expirationTimestamp');
    return unreadable(duration, place) ?? tooShort(duration, place) ?? (isRead ? [] : open(duration, place));
  });
}

interface Place {
  readonly start: number;
  readonly end: number;
}

function asking(place: Place, text: string, isPreferred: boolean): () => Fix[] {
  return () => [{ title: `Ask for ${text}`, edits: [{ ...place, text }], isPreferred }];
}

/** Days, or a number without a unit: kubectl ends before it asks the server (Go's time.ParseDuration). */
function unreadable(duration: string, place: Place): Outdated[] | undefined {
  const match = /^(\d{1,6})([a-z]{0,5})$/.exec(duration);
  if (!match || duration === '0') return undefined;
  const [, number, unit = ''] = match;
  const hours = HOURS.find(([name]) => name.test(unit))?.[1];
  if (unit !== '' && hours === undefined) return undefined;
  const what = unit === '' ? 'a number without a unit' : `the unit "${unit}"`;
  const text = hours === undefined ? `${number}s` : `${Number(number) * hours}h`;
  return [
    {
      rule: 'token-life-unreadable',
      message: `kubectl reads hours, minutes and seconds (h, m, s), and ends with an error for ${what}: no token is asked for.`,
      ...place,
      fixes: asking(place, text, unit !== ''),
    },
  ];
}

function tooShort(duration: string, place: Place): Outdated[] | undefined {
  const seconds = parseDuration(duration);
  if (seconds === undefined || seconds === 0 || seconds >= SHORTEST_SECONDS) return undefined;
  return [refused(place, '10m')];
}

function refused(place: Place, text: string): Outdated {
  const fix: Fix = { title: 'Ask for 10 minutes', edits: [{ ...place, text }], isPreferred: true };
  return {
    rule: 'token-life-too-short',
    message: 'The API server gives a token for no less than 10 minutes, and answers this with an error.',
    ...place,
    fixes: () => [fix],
  };
}

/** A life that the server decides: the one of nothing (kubectl's create_token.go), or more than many servers grant. */
function open(duration: string, place: Place): Outdated[] {
  const seconds = parseDuration(duration) ?? (duration === '0' ? 0 : undefined);
  if (seconds === undefined || (seconds > 0 && seconds <= GRANTED)) return [];
  const message =
    seconds === 0
      ? '0 asks for no life at all, and the API server then gives what it gives to everybody: an hour.'
      : 'An API server may grant less, 24 hours on EKS and AKS, 48 on GKE (--service-account-max-token-expiration): the token then ends sooner, and kubectl says so in a warning alone. What it was given is its exp.';
  return [{ rule: 'token-life-not-granted', message, ...place, fixes: () => [] }];
}

function durationWord({ words }: Command): Word | undefined {
  // Of several the last counts.
  const at = words.findLastIndex(({ text }) => text === '--duration' || text.startsWith('--duration='));
  return words[at]?.text === '--duration' ? words[at + 1] : words[at];
}
