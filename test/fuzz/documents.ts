import { silenced } from '../../src/silenced.ts';
import { nextChange, problemsOf } from '../../src/problems/tokenRules.ts';
import { redact } from '../../src/redact.ts';
import { classifyToken } from '../../src/token/classify.ts';
import { describeToken } from '../../src/token/describe.ts';
import { scanText, type Finding } from '../../src/token/find.ts';
import { explainMalformed } from '../../src/token/malformed.ts';
import { check } from '../support/texts/checks.ts';
import { placer } from '../support/place.ts';
import { boundClaims, jwt, legacyClaims } from '../support/tokens.ts';
import { random } from './random.ts';

const bound = jwt(boundClaims({ pod: { name: 'p', uid: 'u' } }));
const legacy = jwt(legacyClaims());
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const nested = `{"kubernetes.io":${'['.repeat(2000)}${']'.repeat(2000)},"aud":{},"exp":1e308,"sub":"\\u202e"}`;
const part = (json: string): string => Buffer.from(json).toString('base64url');
const deep = `${part('{"alg":"RS256"}')}.${part(nested)}.AA`;

/** What documents are made of: tokens, what looks like them, what stands around them, and what breaks readers. */
const PIECES = [
  bound,
  legacy,
  base64(bound),
  base64(`${legacy}\n`),
  base64(base64(bound)),
  deep,
  bound.slice(0, 70),
  base64(legacy).slice(0, 90),
  'eyJ',
  'ZXlK',
  'WlhsS',
  'eyJhbGciOiJub25lIn0.e30.',
  '.',
  '..',
  '\n',
  '\r\n',
  '\r',
  '\\n',
  '\\"',
  '"',
  "'",
  ' ',
  '  ',
  '\t',
  ': |\n  ',
  ': >-\n    ',
  'token: ',
  'data:\n  ',
  '=',
  'kind: Config\n',
  'kind: Secret\n',
  'users:\n- name: u\n  user:\n    tokenFile: f\n    ',
  'contexts:\n- context: {user: v}\n',
  'current-context: x\n',
  'type: kubernetes.io/service-account-token\n',
  'metadata:\n  annotations:\n    kubernetes.io/service-account.uid: u\n',
  'serviceAccountToken: {expirationSeconds: 1}\n',
  '<<: *a\n',
  '? ',
  '---\n',
  '{"kind":"List"}',
  'Bearer ',
  '🔑',
  '\uD800',
  '\uDC00',
  '\u202E',
  '\0',
  '\uFEFF',
  '# serviceaccount-tokens: ignore\n',
  '&a [*a,*a]',
  'x'.repeat(300),
  '{'.repeat(200),
  '%3D',
  '-',
  '_',
  '/+',
];

/** Makes a document out of pieces, some of them cut, with a character changed here and there. */
export function makeDocument(seed: number): string {
  const next = random(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  let text = '';
  for (let count = below(12); count >= 0; count--) {
    const piece = PIECES[below(PIECES.length)] ?? '';
    const from = next() < 0.15 ? below(piece.length) : 0;
    text += piece.slice(from, next() < 0.15 ? below(piece.length) : undefined);
    if (next() < 0.1) {
      const at = below(text.length);
      text = text.slice(0, at) + String.fromCharCode(below(next() < 0.8 ? 128 : 65_536)) + text.slice(at + 1);
    }
  }
  return text;
}

/** Reads a document as the editor does; throws where a place is wrong, and where anything throws. */
export function readDocument(text: string): number {
  let last = 0;
  let count = 0;
  const now = 1_800_000_000;
  const options = { now, soon: 600 };
  const placeOf = placer(text);
  silenced(text);
  redact(text);
  for (const found of scanText(text)) {
    if (found.start < last || found.end <= found.start || found.end > text.length) {
      throw new Error(`wrong offsets ${found.start}–${found.end} after ${last}`);
    }
    if (!found.isWithin && standing(text, found) !== found.token)
      throw new Error(`at ${found.start} stands another text than was read`);
    last = found.end;
    count++;
    problemsOf(found, { ...placeOf(found), isTracked: true }, options);
    nextChange(found, options);
    explainMalformed(found.token);
    if (found.kind !== 'jws') continue;
    const token = classifyToken(found.decoded);
    describeToken(token, {
      now,
      encoding: found.encoding,
      length: found.token.length,
      inKubeconfig: true,
      localTime: String,
    });
  }
  for (const { start, end, fixes } of check(text).problems) {
    for (const place of [{ start, end }, ...fixes().flatMap(({ edits }) => edits)]) {
      if (place.start < 0 || place.end < place.start || place.end > text.length) {
        throw new Error(`a problem at ${place.start}–${place.end}`);
      }
    }
  }
  return count;
}

/** What stands at a place, decoded by Node's own means. */
function standing(text: string, { start, end, encoding }: Finding): string {
  let joined = text.slice(start, end).replaceAll(/\\r\\n|\\n|[\\\s]/g, '');
  const decode = (): string => Buffer.from(joined, 'base64').toString('latin1').replaceAll(/\s/g, '');
  if (encoding !== 'raw') joined = decode();
  if (encoding === 'base64-twice') joined = decode();
  return joined;
}
