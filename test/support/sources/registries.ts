import { execFile } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const bin = join(import.meta.dirname, '../../../node_modules/.bin');

interface Published {
  /** What was uploaded, in the order in which it came. */
  readonly uploads: readonly Buffer[];
  /** What the tools said. */
  readonly said: string;
}

/** Where the Marketplace answers to what vsce asks: azure-devops-node-api looks its addresses up by these ids. */
const ADDRESSES = ['e11ea35a-16fe-4b80-ab11-c4cab88a0966', 'a41192c8-9525-4b58-bc86-179fa549d80d'].map(
  (id) => ({
    id,
    area: 'gallery',
    resourceName: 'extensions',
    routeTemplate: `_apis/gallery/${id}`,
    resourceVersion: 2,
    minVersion: '1.0',
    maxVersion: '7.2',
    releasedVersion: '0.0',
  }),
);

/**
 * Publishes by the registries' own tools, as a person would by these commands (`npx vsce publish …`), to a server on this
 * machine that takes what it is sent. Each tool checks the package first. Throws where one refuses.
 */
export async function publishHere(commands: readonly string[], folder: string): Promise<Published> {
  const uploads: Buffer[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, uploads);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
    HOME: folder, // Where either would keep a token.
    VSCE_MARKETPLACE_URL: url,
    VSCE_PAT: 'none',
    OVSX_REGISTRY_URL: url,
    OVSX_PAT: 'none',
  };
  try {
    let said = '';
    for (const command of commands) {
      const [program = '', ...args] = command.replace(/^npx /, '').split(' ');
      const { stdout, stderr } = await promisify(execFile)(program, args, { cwd: folder, env });
      said += stdout + stderr;
    }
    return { uploads, said };
  } finally {
    server.close();
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, uploads: Buffer[]): Promise<void> {
  const { method, url = '' } = request;
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const say = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (method === 'OPTIONS') {
    say(200, { count: ADDRESSES.length, value: ADDRESSES });
  } else if (method === 'POST') {
    uploads.push(Buffer.concat(parts));
    say(201, url.startsWith('/_apis') ? {} : { namespace: 'serviceaccount-tokens', name: 'x', version: 'x' });
  } else {
    say(404, { error: 'There is none.' });
  }
}
