/** What a page is made of, all of it ours. */
export interface PageParts {
  readonly name: string;
  readonly title: string;
  readonly style: string;
  readonly script: string;
}

/**
 * A page of ours: its own style and script, and nothing else from anywhere. Both stand in the page itself: to be
 * fetched through the editor would take longer than all the checks.
 */
export function pageOf({ name, title, style, script }: PageParts): string {
  const nonce = [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body><main id="${name}"></main><p id="announce" role="status" class="spoken"></p><script nonce="${nonce}">${script}</script></body>
</html>`;
}
