/**
 * The keys that stand twice in one object of a JSON text, in the order of the text. JavaScript takes the last of
 * them in silence; the API server refuses such a token (go-jose's own JSON reader). The text must be valid JSON.
 */
export function duplicateKeys(json: string): string[] {
  const found: string[] = [];
  /** The keys of each object that is open; undefined: an array. */
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(undefined);
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const end = endOfString(json, at);
      const keys = open.at(-1);
      if (keys && isColonNext(json, end)) {
        const key = String(JSON.parse(json.slice(at, end)));
        if (keys.has(key)) found.push(key);
        keys.add(key);
      }
      at = end - 1;
    }
  }
  return found;
}

function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isColonNext(json: string, index: number): boolean {
  let at = index;
  while (at < json.length && ' \t\r\n'.includes(json[at] ?? '')) at++;
  return json[at] === ':';
}
