/**
 * An external signer of ServiceAccount tokens (k8s.io/externaljwt apis/v1): a gRPC service on a unix socket, for
 * --service-account-signing-endpoint. Its messages are few and small enough to be written by hand.
 */
import { createPublicKey, sign } from 'node:crypto';
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';

export interface ExternalSigner {
  readonly close: () => void;
}

export interface SignerKey {
  /** As PEM. */
  readonly privateKey: string;
  readonly keyId: string;
  /** Whether it is kept out of /openid/v1/jwks. */
  readonly isHidden: boolean;
}

/** Signs with the first key; `longest` is how long a token may live, in seconds. */
export async function startExternalSigner(
  socket: string,
  keys: readonly [SignerKey, ...SignerKey[]],
  longest: number,
): Promise<ExternalSigner> {
  const [own] = keys;
  const header = encoded(JSON.stringify({ alg: 'RS256', kid: own.keyId, typ: 'JWT' }));
  const answers: Readonly<Record<string, (request: Buffer) => Buffer>> = {
    Sign: (request) => {
      const claims = request.subarray(1 + varintLength(request, 1)).toString();
      const signature = sign('sha256', Buffer.from(`${header}.${claims}`), own.privateKey);
      return Buffer.concat([bytes(1, header), bytes(2, encoded(signature))]);
    },
    FetchKeys: () =>
      Buffer.concat([
        ...keys.map(({ privateKey, keyId, isHidden }) =>
          bytes(
            1,
            Buffer.concat([bytes(1, keyId), bytes(2, publicPart(privateKey)), number(3, Number(isHidden))]),
          ),
        ),
        bytes(2, number(1, Math.floor(Date.now() / 1000))),
        number(3, 3600),
      ]),
    Metadata: () => number(1, longest),
  };
  const server = createServer();
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream: ServerHttp2Stream, { ':path': path = '' }) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      const request = Buffer.concat(chunks).subarray(PREFIX);
      const message = answers[path.slice(path.lastIndexOf('/') + 1)]?.(request) ?? Buffer.alloc(0);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => {
        stream.sendTrailers({ 'grpc-status': '0' });
      });
      const prefix = Buffer.alloc(PREFIX);
      prefix.writeUInt32BE(message.length, 1);
      stream.end(Buffer.concat([prefix, message]));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  return {
    close: () => {
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
}

/** Before a gRPC message: whether it is compressed, and its length in four bytes. */
const PREFIX = 5;

const encoded = (data: string | Buffer): string => Buffer.from(data).toString('base64url');

function publicPart(privateKey: string): Buffer {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
}

/** A field of protocol buffers that holds bytes. */
function bytes(field: number, data: string | Buffer): Buffer {
  const value = Buffer.from(data);
  return Buffer.concat([varint(field * 8 + 2), varint(value.length), value]);
}

function number(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function varint(value: number): Buffer {
  const parts: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) parts.push((rest % 128) + 128);
  return Buffer.from([...parts, rest]);
}

function varintLength(data: Buffer, from: number): number {
  let length = 1;
  while ((data[from + length - 1] ?? 0) > 127) length += 1;
  return length;
}
