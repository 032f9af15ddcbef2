import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { address, exact, harmless, inLabel, joined, said, unlinked, words } from '../../src/harmless.ts';
import { boundClaims, jwt } from '../support/tokens.ts';

/** As VS Code finds links (vs/base/common/linkedText.ts) and icons (vs/base/common/iconLabels.ts). */
const LINK = /\[[^\]]+\]\((?:https?:\/\/|command:|file:)[^)\s]+(?: ["'].+?["'])?\)/i;
const ICON = /\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/;
/** Control, direction, zero width, line ends, fillers, tags, private use. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\u115f\u1160\u3164\uffa0]|\ufe0f|\u{e0100}/u;
const STACKED = /\p{M}{4}/u;
/** Around letters that run from right to left: the only ones of our own. */
const ISOLATED = /\u2068([^\u2066-\u2069]*)\u2069/g;

const token = jwt(boundClaims());
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(
      fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 20 }),
        fc.constantFrom(
          '\u202e',
          '\u2066',
          '\u2069',
          '\u200b',
          '\u00ad',
          '\u3164',
          '\u{e0041}',
          '\n',
          '\r\n',
          '\u2028',
          '\u0085',
          '\ue000',
          '\ud800',
          'e\u0301\u0301\u0301\u0301\u0301',
          '[Fix](command:x)',
          '](',
          'https://a.example/)',
          '$(',
          '$(check) ',
          'אב',
          'عرب',
          '"?\n\nAll is well.',
          token,
          'Bearer abc.def',
        ),
        fc.nat({ max: 5000 }).map((length) => 'A'.repeat(length)),
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);

const hides = (text: string): boolean => UNSEEN.test(text.replaceAll(ISOLATED, '$1')) || STACKED.test(text);

describe('whatever a stranger chose', () => {
  it('is one line that hides nothing, of a length that we choose', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 500 }), (name, max) => {
        const shown = harmless(name, max);
        expect(hides(shown)).toBe(false);
        expect(shown.length).toBeLessThanOrEqual(max + 1);
      }),
    );
  });

  it('leaves our words around it whole, in their order and in sight', () => {
    fc.assert(
      fc.property(hostile, hostile, (name, server) => {
        const { text } = words`Send ${name}\n\nto ${server} alone?`;
        const [, first, second] = /^Send (.*)\n\nto (.*) alone\?$/.exec(text) ?? [];
        expect([first, second]).not.toContain(undefined);
        for (const shown of [first ?? '', second ?? '']) {
          expect(hides(shown)).toBe(false);
          expect(shown.length).toBeLessThanOrEqual(403);
          expect(shown).not.toContain(token);
          // What runs from right to left ends where the name ends.
          expect(/[\u0590-\u08ff]/.test(shown.replaceAll(ISOLATED, ''))).toBe(false);
        }
      }),
    );
  });

  it('makes no link and no icon', () => {
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        for (const text of [one, words`[${one}](${other})`, words`${one}${other}`, said(one)]) {
          expect(LINK.test(unlinked(text))).toBe(false);
          expect(ICON.test(inLabel(text))).toBe(false);
        }
        expect(hides(unlinked(one))).toBe(false);
        expect(hides(inLabel(one))).toBe(false);
      }),
    );
  });

  it('is masked wherever it is said', () => {
    for (const shown of [words`${token}`.text, said(token).text, inLabel(token), unlinked(token)]) {
      expect(shown).toBe('[token]');
    }
  });

  it('is whole where it is no longer than what is shown, and cut at its end or in its middle where it is', () => {
    expect(harmless('abc', 3)).toBe('abc');
    expect(harmless('abcd', 3)).toBe('abc…');
    expect(inLabel('abcd', 4)).toBe('abcd');
    expect(inLabel('abcde', 4)).toBe('ab…de');
  });

  it('keeps three marks on a letter, and shows that there were more', () => {
    const marked = (count: number): string => `x${'\u0301'.repeat(count)}y`;
    expect(harmless(marked(3))).toBe(marked(3));
    for (const count of [4, 5, 30]) expect(harmless(marked(count))).toBe(`x${'\u0301'.repeat(3)}\ufffdy`);
  });

  it('keeps all its words where they would have been a link or an icon', () => {
    expect(unlinked('see [x](http://a.example) (or not)')).toBe('see [x] (http://a.example) (or not)');
    expect(inLabel('a $(check) of $5 (five)')).toBe('a $ (check) of $5 (five)');
  });

  it('is one sentence with single blanks between its words', () => {
    expect(said(' one\r\n\ttwo  three ').text).toBe('one two three');
  });

  it('is said in sentences of one line, 4000 long at most', () => {
    fc.assert(
      fc.property(hostile, (answer) => {
        const { text } = said(answer);
        expect(hides(text)).toBe(false);
        expect(text.length).toBeLessThanOrEqual(4001);
      }),
    );
  });

  it('is whole where it has to be seen as it is, with a number for what is not seen', () => {
    fc.assert(
      fc.property(hostile, (line) => {
        fc.pre(!line.includes('\\u{'));
        const { text } = exact(line);
        expect(UNSEEN.test(text)).toBe(false);
        const back = text.replaceAll(/\\u\{([0-9a-f]+)\}/g, (_whole, hex: string) =>
          String.fromCodePoint(Number.parseInt(hex, 16)),
        );
        expect(back).toBe(line.toWellFormed());
      }),
    );
  });
});

describe('where something is sent', () => {
  it('is said with the whole host and port, whatever path or name of a user is put around them', () => {
    fc.assert(
      fc.property(fc.domain(), hostile, hostile, (host, user, path) => {
        const userinfo = encodeURIComponent(user.toWellFormed());
        for (const url of [`https://${host}:6443/${path}`, `https://${userinfo}@${host}:6443`]) {
          const { text } = address(url);
          expect(text).toMatch(/^https:\/\/(?:…@)?[^/?#]*:6443/);
          expect(text.replace('…@', '').startsWith(`https://${host.toLowerCase()}:6443`)).toBe(true);
          expect(hides(text)).toBe(false);
          expect(text.length).toBeLessThanOrEqual(10 + host.length + 5 + 81);
        }
      }),
    );
  });
});

it.each([
  ['https://prod.example.com@evil.example', 'https://…@evil.example'],
  ['https://evil.example\\@prod.example.com', 'https://evil.example/@prod.example.com'],
  ['https://eyJhbGciOiJ9.evil.example/', 'https://eyjhbgcioij9.evil.example'],
  ['https://pr\u043Ed.example.com', 'https://xn--prd-ted.example.com'],
  ['https:evil.example', 'https://evil.example'],
  ['no server at all', 'no server at all'],
])('the address %j cannot look like another', (url, shown) => {
  expect(address(url).text).toBe(shown);
});

it('a host is whole, even where it looks like a token, unless no name can be so long', () => {
  const ends = '.evil.example:65535';
  const host = (length: number): string => {
    const labels = `ewo${'x'.repeat(40)}.`.repeat(99).slice(0, length - ends.length - 1);
    return `${labels}x${ends}`;
  };
  for (const length of [60, 259])
    expect(address(`https://${host(length)}/`).text).toBe(`https://${host(length)}`);
  expect(address(`https://${'a.'.repeat(3000)}evil.example/`).text).toMatch(
    /^https:\/\/a\.a\..{0,400}\.evil\.example$/,
  );
});

describe('a text of ours', () => {
  it('keeps its own line breaks, and those of Words within it', () => {
    const list = joined([words`Ends:`, words`• ${'a\nb'}`], '\n');
    expect(words`${list}\n\nIn ${3} s.`.text).toBe('Ends:\n• a\uFFFDb\n\nIn 3 s.');
  });

  it('leaves out what there is nothing to say of', () => {
    expect(joined([words`One.`, undefined, said('  '), words`Two.`]).text).toBe('One. Two.');
  });

  it('shows the whole of any ServiceAccount’s name, and both ends of what is longer', () => {
    const name = `system:serviceaccount:${'n'.repeat(63)}:${'a'.repeat(253)}`;
    expect(words`${name}`.text).toBe(name);
    expect(words`${`/begin/${'x'.repeat(5000)}/end`}`.text).toMatch(/^\/begin\/x+…x+\/end$/);
  });
});
