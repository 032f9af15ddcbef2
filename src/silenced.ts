/** The rules that a comment switches off on the line it names them on and the line below; `*`: all of them. */
export function silenced(lines: string): ReadonlySet<string> {
  const names = [
    ...lines.matchAll(/serviceaccount-tokens: ignore(?:[ \t]+([\w-]+(?:[ \t]*,[ \t]*[\w-]+)*))?/g),
  ];
  return new Set(names.flatMap((match) => match[1]?.split(',').map((name) => name.trim()) ?? ['*']));
}
