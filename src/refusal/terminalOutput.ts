/** A line is known by so much of it, in UTF-16 units. */
const LONGEST_LINE = 4000;
/** So much of a command's output is read, in UTF-16 units: nobody looks for a 401 further down. */
const MOST = 8 * 1024 * 1024;

/** The whole lines of what is written to a terminal, as it shows them; the last too, though it has not ended. */
export async function* linesOf(output: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let rest = '';
  let read = 0;
  for await (const data of output) {
    read += data.length;
    const lines = `${rest}${data}`.split('\n');
    rest = (lines.pop() ?? '').slice(-LONGEST_LINE);
    if (lines.length > 0) yield lines.map(shown);
    if (read > MOST) return;
  }
  if (rest !== '') yield [shown(rest)];
}

const [ESCAPE, BELL] = ['\u001b', '\u0007'];

/** A line without colours and moves (ECMA-48), titles and marks (OSC), and what was written over. */
function shown(line: string): string {
  const [first = '', ...rest] = line.slice(0, LONGEST_LINE).split(ESCAPE);
  const plain = `${first}${rest.map(afterEscape).join('')}`.trimEnd();
  return plain.slice(plain.lastIndexOf('\r') + 1);
}

/** What is shown of what follows an escape. */
function afterEscape(text: string): string {
  if (text.startsWith('[')) return text.replace(/^\[[0-?]*[ -/]*[@-~]/, '');
  if (!text.startsWith(']')) return text.slice(1); // Of the end of a mark, a backslash.
  const end = text.indexOf(BELL);
  return end < 0 ? '' : text.slice(end + 1);
}
