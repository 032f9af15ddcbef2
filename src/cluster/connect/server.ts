import { isIP } from 'node:net';
import { pipeline } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  checkServerIdentity,
  createSecureContext,
  type ConnectionOptions,
  type SecureContext,
  type SecureContextOptions,
} from 'node:tls';
import { createGunzip } from 'node:zlib';
import { Agent, ProxyAgent, type Dispatcher } from 'undici';
import { Problem } from '../../errors.ts';
import type { ClusterAnswer, ClusterRequest } from '../api/cluster.ts';
import { parseJson } from '../read/json.ts';
import { isProtobuf, readProtobuf } from '../read/shapes.ts';
import type { Shape } from '../read/wire.ts';
import { pemOf, type OpenedContext } from './context.ts';
import { CredentialKeeper, type Credential } from './credential.ts';
import { isTlsFailure, noJson, problemOfAnswer, problemOfFailure, type Need } from './answerProblems.ts';
import { proxyFromEnvironment } from './proxy.ts';
import { withoutTrailing } from '../../trailing.ts';
import { faultOfAuthority, faultOfCertificate } from './certificates.ts';

const CONNECT_TIMEOUT = 10_000;
/** The API server ends a request of its own accord after 60 s. */
const ANSWER_TIMEOUT = 65_000;
/** Of a compressed answer, in bytes: 16 KiB, as usual, are 4,000 pieces of a list of Pods. */
const UNPACKED_AT_ONCE = 256 * 1024;
/** 500 big Pods are far below, before they were compressed; beyond it the answer is no list. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_LINE_BYTES = 32 * 1024 * 1024;
/** As kubectl asks; a server compresses only what is big (apiserver endpoints/handlers/responsewriters). */
const GZIP = { 'accept-encoding': 'gzip' };
/** How often, and how long in seconds at most, a busy server is given time (429 with Retry-After). */
const MOST_RETRIES = 4;
const LONGEST_RETRY = 5;

interface Line {
  readonly dispatcher: Dispatcher;
  readonly credential: Credential;
}

/** One context's API server: sends requests as the context's user, and puts what goes wrong into words. */
export class Server {
  readonly context: OpenedContext;
  readonly #credentials: CredentialKeeper;
  readonly #proxy: string | undefined;
  #line: Line | undefined;
  #ended = false;

  constructor(context: OpenedContext) {
    this.context = context;
    this.#credentials = new CredentialKeeper(context);
    const { server, proxyUrl } = context.endpoint;
    this.#proxy = proxyUrl ?? proxyFromEnvironment(new URL(server), process.env);
  }

  /** Whether what this sends is this bearer token. Throws bad-kubeconfig or refused (the program failed). */
  async sends(token: string): Promise<boolean> {
    return (await this.#credentials.get()).headers['Authorization'] === `Bearer ${token}`;
  }

  /**
   * Sends a request and returns its answer, whatever the status. Of a list in protobuf `shape` tells what is read of each
   * object. Throws unreachable, refused, bad-kubeconfig or cancelled.
   */
  async ask(asked: ClusterRequest, signal: AbortSignal, shape?: Shape): Promise<ClusterAnswer> {
    const answer = await this.#send(asked, signal, ANSWER_TIMEOUT, GZIP);
    try {
      const body = await readAll(unpacked(answer));
      return {
        status: answer.statusCode,
        body:
          shape && isProtobuf(answer.headers['content-type'])
            ? readProtobuf(body, shape, answer.statusCode === 200)
            : parseJson(body.toString('utf8')),
        serverTime: timeOf(answer.headers['date']),
        warnings: warningsOf(answer.headers['warning']),
        serverName: answer.headers['server']?.toString(),
      };
    } catch (error) {
      throw this.#failure(error, signal);
    }
  }

  /** What an answer that is no success means. */
  problemOf(answer: ClusterAnswer, need: Need): Problem {
    const { endpoint, info } = this.context;
    const cert = answer.status === 401 ? this.#line?.credential.cert : undefined;
    const fault = cert === undefined ? undefined : faultOfCertificate(cert);
    return problemOfAnswer(answer, endpoint.server, info.user, need, fault);
  }

  /** Sends a request that has to succeed; `need` puts a refusal into words. */
  async succeed(asked: ClusterRequest, need: Need, signal: AbortSignal): Promise<ClusterAnswer> {
    const answer = await this.ask(asked, signal);
    const { server } = this.context.endpoint;
    if (answer.status < 200 || answer.status > 299) {
      throw this.problemOf(answer, need);
    }
    if (answer.body === undefined) throw noJson(server, answer.status);
    return answer;
  }

  /**
   * Opens a watch and yields each event's parsed line until the server ends it. `quietTimeout` in milliseconds is how
   * long it may be silent. An expired resourceVersion comes as an ERROR event. Throws as `succeed` does.
   * `onOpen` is told once the server has accepted.
   */
  async *stream(
    asked: ClusterRequest,
    need: Need,
    quietTimeout: number,
    signal: AbortSignal,
    onOpen?: () => void,
  ): AsyncGenerator<unknown, void, undefined> {
    const answer = await this.#send(asked, signal, quietTimeout);
    try {
      if (answer.statusCode !== 200) {
        const body = parseJson((await readAll(answer.body)).toString('utf8'));
        if (answer.statusCode === 410) {
          yield { type: 'ERROR', object: body }; // As a watch says it that has begun.
          return;
        }
        const whole = { status: answer.statusCode, body, serverTime: undefined, warnings: [] };
        throw this.problemOf(whole, need);
      }
      onOpen?.();
      for await (const line of lines(answer.body)) {
        const event = parseJson(line);
        if (event === undefined) {
          throw new Problem('refused', `${this.context.endpoint.server} sends a watch that is not JSON.`);
        }
        yield event;
      }
    } catch (error) {
      throw this.#failure(error, signal);
    } finally {
      answer.body.destroy();
    }
  }

  /** Settles once the files that the credential is read from have changed, or the signal has ended it. Rejects never. */
  async credentialChange(signal: AbortSignal): Promise<void> {
    await this.#credentials.change(signal);
  }

  /** Lets requests on the old connections end, and takes new ones for what follows. */
  hangUp(): void {
    void this.#line?.dispatcher.close();
    this.#line = undefined;
  }

  /** Ends all connections. */
  dispose(): void {
    this.#ended = true;
    void this.#line?.dispatcher.destroy();
    this.#line = undefined;
  }

  async #send(
    asked: ClusterRequest,
    signal: AbortSignal,
    quietTimeout: number,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Dispatcher.ResponseData> {
    let renewed = false;
    for (let tries = 0; ; tries += 1) {
      const { dispatcher, credential } = await this.#connect(signal);
      let answer: Dispatcher.ResponseData;
      try {
        answer = await dispatcher.request({
          ...this.#place(asked),
          signal,
          method: asked.method ?? 'GET',
          headers: {
            accept: asked.accept ?? 'application/json',
            'user-agent': 'serviceaccount-tokens',
            ...headers,
            ...(asked.body !== undefined && { 'content-type': contentType(asked) }),
            ...credential.headers,
          },
          body: asked.body === undefined ? null : JSON.stringify(asked.body),
          headersTimeout: ANSWER_TIMEOUT,
          bodyTimeout: quietTimeout,
        });
      } catch (error) {
        if (isTlsFailure(error)) this.hangUp(); // The CA or the certificate may have been replaced.
        throw this.#failure(error, signal);
      }
      if (answer.statusCode === 401 && !renewed && (await this.#credentials.renew(credential))) {
        renewed = true;
        await answer.body.dump();
        continue;
      }
      const wait = answer.statusCode === 429 ? Number(answer.headers['retry-after']) : Number.NaN;
      if (tries < MOST_RETRIES && wait <= LONGEST_RETRY) {
        await answer.body.dump();
        await this.#pause(wait, signal);
        continue;
      }
      return answer;
    }
  }

  async #pause(seconds: number, signal: AbortSignal): Promise<void> {
    try {
      await sleep(seconds * 1000, undefined, { signal });
    } catch (error) {
      throw this.#failure(error, signal);
    }
  }

  async #connect(signal: AbortSignal): Promise<Line> {
    if (this.#ended || signal.aborted) throw new Problem('cancelled', 'Cancelled.');
    const credential = await this.#credentials.get();
    const old = this.#line;
    if (old?.credential === credential) return old;
    const sameCertificate =
      old?.credential.cert === credential.cert && old?.credential.key === credential.key;
    const dispatcher = old && sameCertificate ? old.dispatcher : this.#dispatcher(credential);
    if (dispatcher !== old?.dispatcher) this.hangUp();
    this.#line = { dispatcher, credential };
    return this.#line;
  }

  #dispatcher({ cert, key }: Credential): Dispatcher {
    const { cluster, endpoint, info } = this.context;
    const ca = pemOf(cluster.caData, cluster.caFile, `certificate-authority of cluster "${cluster.name}"`);
    if (info.program && ca !== endpoint.certificateAuthority) {
      throw new Problem(
        'not-allowed-here',
        `The certificate-authority of cluster "${cluster.name}" is another than when you agreed to send what a program gives there. Refresh to be asked again.`,
      );
    }
    const certificates = {
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
    };
    const tls = {
      timeout: CONNECT_TIMEOUT,
      keepAlive: true,
      keepAliveInitialDelay: 15_000,
      rejectUnauthorized: !endpoint.insecureSkipTlsVerify,
      ...certificates,
      ...(ca !== undefined && readOnce(certificates)),
      ...serverName(endpoint.tlsServerName),
    };
    return this.#proxy === undefined
      ? new Agent({ allowH2: false, connect: tls })
      : new ProxyAgent({ allowH2: false, uri: this.#proxy, requestTls: tls });
  }

  #place({ path, query = {} }: ClusterRequest): { readonly origin: string; readonly path: string } {
    const url = new URL(this.context.endpoint.server);
    url.pathname = withoutTrailing(url.pathname, '/') + path;
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return { origin: url.origin, path: url.pathname + url.search };
  }

  #failure(error: unknown, signal: AbortSignal): Problem {
    if (this.#ended) return new Problem('cancelled', 'Cancelled.', { cause: error });
    const { server, certificateAuthority } = this.context.endpoint;
    const fault = isTlsFailure(error) ? faultOfAuthority(certificateAuthority) : undefined;
    return problemOfFailure(error, server, this.#proxy, signal, fault);
  }
}

/**
 * Certificates read once for all connections: Node reads them anew for each, which takes milliseconds, and a view is opened
 * with several. Not for those of the machine, to which the editor adds its own as it connects (`http.systemCertificates`).
 */
function readOnce(certificates: SecureContextOptions): { readonly secureContext?: SecureContext } {
  try {
    return { secureContext: createSecureContext(certificates) };
  } catch {
    return {}; // Whoever connects is told what is wrong with them.
  }
}

/** TLS knows no addresses as server names (RFC 6066); an address is only what the certificate has to be for. */
function serverName(name: string | undefined): Pick<ConnectionOptions, 'servername' | 'checkServerIdentity'> {
  if (name === undefined) return {};
  return isIP(name) === 0
    ? { servername: name }
    : { checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate) };
}

function contentType({ method, contentType: given }: ClusterRequest): string {
  if (given !== undefined) return given;
  return method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
}

/** The body as it was before it was compressed, as it arrives. */
function unpacked({ headers, body }: Dispatcher.ResponseData): AsyncIterable<Buffer> {
  if (headers['content-encoding'] !== 'gzip') return body;
  const gunzip = createGunzip({ chunkSize: UNPACKED_AT_ONCE });
  // Whoever reads is told of the error; this only ends both with one another.
  pipeline(body, gunzip, () => undefined);
  return gunzip;
}

async function readAll(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const deadline = performance.now() + ANSWER_TIMEOUT;
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES || performance.now() > deadline) {
      throw new Problem('refused', 'The answer does not end: it is no API server.');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

/** Splits a body into its lines as they arrive; empty ones are left out. */
async function* lines(body: AsyncIterable<Buffer>): AsyncGenerator<string, void, undefined> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  for await (const chunk of body) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const last = chunk.subarray(start, end);
      const line = rest.length === 0 ? last : Buffer.concat([...rest, last]);
      rest = [];
      restBytes = 0;
      start = end + 1;
      if (line.length > 0) yield line.toString('utf8');
    }
    if (start === chunk.length) continue;
    rest.push(chunk.subarray(start));
    restBytes += chunk.length - start;
    if (restBytes > MOST_LINE_BYTES) throw new Problem('refused', 'A watch sends a line that does not end.');
  }
}

/** Seconds since the epoch of an HTTP Date header. */
function timeOf(header: string | string[] | undefined): number | undefined {
  const time = Date.parse(String(header ?? '')) / 1000;
  return Number.isNaN(time) ? undefined : time;
}

/** The texts of Warning headers: `299 - "text"`, several in a header where a proxy joined them (RFC 7234). */
function warningsOf(header: string | string[] | undefined): string[] {
  return [header ?? []]
    .flat()
    .flatMap((value) =>
      Array.from(value.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g), ([, quoted = '']) =>
        quoted.replace(/\\(.)/g, '$1'),
      ),
    );
}
