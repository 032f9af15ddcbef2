import * as vscode from 'vscode';

/** The inspector's page: its own script and style and nothing else, from anywhere. */
export function pageOf(webview: vscode.Webview, media: vscode.Uri): string {
  const nonce = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16)).join('');
  const file = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(media, name)).toString();
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Token Inspector</title>
<link rel="stylesheet" href="${file('inspector.css')}">
</head>
<body><main id="inspector"></main><p id="announce" role="status" class="spoken"></p><script nonce="${nonce}" src="${file('inspector.js')}"></script></body>
</html>`;
}
