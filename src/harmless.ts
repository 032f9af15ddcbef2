/** A stranger's words, as a name in a cluster or of a file, made such that they are shown as they are and do nothing. */
import { redact } from './redact.ts';

/** Not seen as what they are: control, direction, zero width, line ends, fillers, private use. Halves of pairs are replaced before. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Default_Ignorable_Code_Point}]/gu;
/** Marks that stack up over the lines around them; no language has more than three on one letter. */
const STACKED = /(\p{M}{3})\p{M}+/gu;
/** Letters that run from right to left, and draw what stands beside them into their order (Unicode, DerivedBidiClass). */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** First-strong isolate and its end: what is between them turns nothing around. */
const [ISOLATE, END_OF_ISOLATE] = ['\u2068', '\u2069'];

/** No claim is shown longer than this, in UTF-16 units: a hostile one would fill the screen. */
const MAX_SHOWN = 160;
/** No name is longer among words of ours, in UTF-16 units. A ServiceAccount's whole name fits: 22 for `system:serviceaccount:`, then 63, a colon and 253. */
const MAX_NAME = 400;
/** Of a host's name, 253 (RFC 1035), and its port, in UTF-16 units. */
const MAX_HOST = 259;
/** No path of a server's address is longer, in UTF-16 units. */
const MAX_PATH = 80;
/** No sentence that comes from elsewhere, as a server's answer, is longer, in UTF-16 units. */
const MAX_SAID = 4000;

const seen = (text: string): string =>
  text.toWellFormed().replaceAll(UNSEEN, '\uFFFD').replaceAll(STACKED, '$1\uFFFD');

/** A stranger's text as plain text of one line that hides nothing and turns nothing around, cut after `max` UTF-16 units. */
export function harmless(text: string, max = MAX_SHOWN): string {
  return seen(text.length > max ? `${text.slice(0, max)}…` : text);
}

/** The same of a name, masked, and cut in its middle: what tells two paths or two hosts apart is often at their end. */
function harmlessName(text: string, max: number): string {
  const masked = redact(text);
  const half = max >> 1;
  return seen(masked.length > max ? `${masked.slice(0, half)}…${masked.slice(-half)}` : masked);
}

/** Tells Words from whatever else has a text, to the compiler alone. */
declare const OURS: unique symbol;

/** Only what is in this module makes one, so that whoever asks for Words gets none that a stranger wrote. */
class HarmlessWords {
  declare readonly [OURS]: true;
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** A text of ours, in which whatever a stranger chose is harmless. Its line breaks are ours. */
export type Words = HarmlessWords;

/** Of a plain string nothing is known to be ours: it is taken for a stranger's name. */
export type Text = string | Words;

/**
 * A text of ours with values in it, as in words`Delete ${name}?`. Each value that is a string is a stranger's name: it is
 * masked, keeps to one line, hides nothing, turns nothing around, and is cut so that our words stay in sight.
 */
export function words(ours: TemplateStringsArray, ...values: readonly (Text | number)[]): Words {
  return new HarmlessWords(String.raw({ raw: ours }, ...values.map(within)));
}

function within(value: Text | number): string {
  if (typeof value !== 'string') return String(value);
  const name = harmlessName(value, MAX_NAME);
  return RIGHT_TO_LEFT.test(name) ? `${ISOLATE}${name}${END_OF_ISOLATE}` : name;
}

/** Sentences that come from elsewhere, as a server's answer or a Problem's message: as of a name, but longer, and with a blank for a line break. */
export function said(text: string): Words {
  return new HarmlessWords(harmless(redact(text).replaceAll(/\s+/g, ' ').trim(), MAX_SAID));
}

/**
 * Where something is sent, in words: scheme, host and port as the URL is understood, whole, as no user's name and no path
 * may push them out of sight or stand for them; of the path as much as tells two apart. Letters of other scripts in a host
 * are in Punycode.
 */
export function address(url: string): Words {
  if (!URL.canParse(url)) return words`${url}`;
  const { protocol, username, password, host, pathname, search, hash } = new URL(url);
  const path = `${pathname === '/' ? '' : pathname}${search}${hash}`;
  const origin = `${protocol}//${username + password === '' ? '' : '…@'}`;
  // Not masked: no whole token fits, and what looks like one would hide who gets something.
  const whole = host.length <= MAX_HOST ? new HarmlessWords(seen(host)) : host;
  return words`${origin}${whole}${harmlessName(path, MAX_PATH)}`;
}

/** A text that a person has to see as it is, as a command line that they agree to: whole and unmasked, and what is not seen in it by its number. */
export function exact(text: string): Words {
  const numbered = (unseen: string): string => `\\u{${(unseen.codePointAt(0) ?? 0).toString(16)}}`;
  return new HarmlessWords(text.toWellFormed().replaceAll(UNSEEN, numbered));
}

/** Texts one after the other; what is undefined or empty is left out. */
export function joined(texts: readonly (Words | undefined)[], separator = ' '): Words {
  const all = texts.flatMap((one) => (one === undefined || one.text === '' ? [] : [one.text]));
  return new HarmlessWords(all.join(separator));
}

/** A text as a label of one line shows it: harmless, and without the icons that VS Code makes of `$(name)`. */
export function inLabel(text: Text, max = MAX_NAME): string {
  const shown = typeof text === 'string' ? harmlessName(text, max) : text.text;
  return shown.replaceAll('$(', '$ (');
}

/**
 * A text in which VS Code finds no link. In notifications, progress and prompts it makes one of `[words](command:…)`, and
 * runs the command at a click (vs/base/common/linkedText.ts), whoever wrote the text.
 */
export function unlinked(text: Text): string {
  const shown = typeof text === 'string' ? harmlessName(text, MAX_SAID) : text.text;
  return shown.replaceAll(/\](?=\()/g, '] ');
}
