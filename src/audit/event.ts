import { isRecord } from '../token/decode.ts';
import { Interner, viewed } from './interner.ts';
import { Shape, textOf } from './scan.ts';

/** Who sent a request, as the server took them (apiserver pkg/authentication/serviceaccount/util.go). */
export interface Requester {
  readonly username: string;
  /** `namespace/name` of a ServiceAccount; undefined: somebody else. */
  readonly account: string | undefined;
  readonly uid: string;
  /** Of the token that was used, from Kubernetes 1.30 on. */
  readonly jti: string | undefined;
  readonly pod: string | undefined;
  readonly podUid: string | undefined;
  readonly node: string | undefined;
}

/** Whom somebody acted as, with all that the server was asked about. */
export interface ActedAs extends Requester {
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** The resource that a request is about. */
export interface ObjectRef {
  readonly group: string;
  /** With its subresource: `serviceaccounts/token`. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** What the server noted about a request. */
export type Annotations = Readonly<Record<string, string>>;

/** One request, as an event of `audit.k8s.io/v1` tells it (apiserver pkg/apis/audit/v1/types.go). */
export interface AuditEvent {
  /** When it came, in seconds since the epoch; 0 where that is not told. */
  readonly at: number;
  readonly user: Requester;
  /** Whom the user acted as. */
  readonly as: ActedAs | undefined;
  /** The verb of constrained impersonation that allowed it. */
  readonly constraint: string | undefined;
  /** Whence the server was reached: the one address of the list that no client can choose. */
  readonly address: string;
  /** What was claimed before it, by proxies or by the client. */
  readonly forwarded: string;
  readonly agent: string;
  readonly verb: string;
  readonly object: ObjectRef | undefined;
  /** The path alone, as what follows can hold a token. */
  readonly path: string;
  /** The HTTP status; 0 where there is none yet. */
  readonly code: number;
  readonly message: string;
  readonly annotations: Annotations;
  /** Of a TokenRequest, where bodies are logged. */
  readonly requested: RequestedToken | undefined;
  /** Whether the body of the answer is there, which of a TokenRequest is a token. */
  readonly hasAnswer: boolean;
  readonly level: string;
}

export interface RequestedToken {
  /** In seconds. */
  readonly life: number | undefined;
  /** `Pod x`. */
  readonly boundTo: string | undefined;
}

/** The fields that count, each with its place in the list of them. */
const at = {
  auditID: 0,
  stage: 1,
  level: 2,
  requestURI: 3,
  verb: 4,
  user: 5,
  impersonatedUser: 6,
  authenticationMetadata: 7,
  sourceIPs: 8,
  userAgent: 9,
  objectRef: 10,
  responseStatus: 11,
  requestObject: 12,
  responseObject: 13,
  requestReceivedTimestamp: 14,
  annotations: 15,
} as const;
type Name = keyof typeof at;

/** How far a request had come when its event was written. */
type Stage = 'RequestReceived' | 'ResponseStarted' | 'ResponseComplete' | 'Panic' | undefined;
const STAGES: readonly Stage[] = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'];

/** Known at a time, of each kind. */
const MANY = 8192;
const SEVERAL = 4096;
const FEW = 1024;
const LONGEST = 4096;

const jsonOf = (bytes: Uint8Array, from: number, to: number): unknown => JSON.parse(textOf(bytes, from, to));
const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const stringsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

const text = new Interner(FEW, LONGEST, (bytes, from, to) => stringOf(jsonOf(bytes, from, to)));
const requester = new Interner(MANY, LONGEST, (...slice) => requesterOf(jsonOf(...slice)));
const actedAs = new Interner(FEW, LONGEST, (...slice) => actedAsOf(jsonOf(...slice)));
const addresses = new Interner(SEVERAL, LONGEST, (...slice) => addressesOf(jsonOf(...slice)));
const reference = new Interner(SEVERAL, LONGEST, (...slice) => referenceOf(jsonOf(...slice)));
const status = new Interner(FEW, LONGEST, (...slice) => statusOf(jsonOf(...slice)));
const notes = new Interner(SEVERAL, LONGEST, (...slice) => annotationsOf(jsonOf(...slice)));

const PREFIX = 'system:serviceaccount:';
const OWN = 'authentication.kubernetes.io/';

/** `namespace/name` of a ServiceAccount's user name; undefined of another (apiserver pkg/authentication/serviceaccount/util.go). */
export function accountOf(username: string): string | undefined {
  if (!username.startsWith(PREFIX)) return undefined;
  const [namespace, name, more] = username.slice(PREFIX.length).split(':');
  return namespace && name && more === undefined ? `${namespace}/${name}` : undefined;
}

/** The id of `JTI=…`, as `credential-id` and `issued-credential-id` have it (apiserver pkg/authentication/token/jwt/jwt.go). */
export function jtiOf(credentialId: string | undefined): string | undefined {
  return credentialId?.startsWith('JTI=') === true && credentialId.length > 4
    ? credentialId.slice(4)
    : undefined;
}

function requesterOf(value: unknown): Requester {
  const { username, uid, extra } = isRecord(value) ? value : {};
  const own = (name: string): string | undefined =>
    isRecord(extra) ? stringsOf(extra[`${OWN}${name}`])[0] : undefined;
  return {
    username: stringOf(username),
    account: accountOf(stringOf(username)),
    uid: stringOf(uid),
    jti: jtiOf(own('credential-id')),
    pod: own('pod-name'),
    podUid: own('pod-uid'),
    node: own('node-name'),
  };
}
const NOBODY = requesterOf(undefined);

function actedAsOf(value: unknown): ActedAs {
  const { groups, extra } = isRecord(value) ? value : {};
  const extras = isRecord(extra)
    ? Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, stringsOf(values)] as const))
    : {};
  return { ...requesterOf(value), groups: stringsOf(groups), extra: extras };
}

function addressesOf(value: unknown): readonly [address: string, forwarded: string] {
  const all = stringsOf(value);
  return [all.at(-1) ?? '', all.slice(0, -1).join(', ')];
}

function referenceOf(value: unknown): ObjectRef | undefined {
  if (!isRecord(value)) return undefined;
  const { apiGroup, resource, subresource, namespace, name } = value;
  if (stringOf(resource) === '') return undefined;
  const part = stringOf(subresource);
  return {
    group: stringOf(apiGroup),
    resource: part === '' ? stringOf(resource) : `${stringOf(resource)}/${part}`,
    namespace: stringOf(namespace),
    name: stringOf(name),
  };
}

function statusOf(value: unknown): readonly [code: number, message: string] {
  const { code, message } = isRecord(value) ? value : {};
  return [typeof code === 'number' ? code : 0, stringOf(message)];
}

function annotationsOf(value: unknown): Annotations {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, note]) => [key, stringOf(note)] as const));
}

function requestedOf(value: unknown): RequestedToken | undefined {
  const spec = isRecord(value) ? value['spec'] : undefined;
  if (!isRecord(spec)) return undefined;
  const { expirationSeconds, boundObjectRef } = spec;
  const { kind, name } = isRecord(boundObjectRef) ? boundObjectRef : {};
  return {
    life: typeof expirationSeconds === 'number' ? expirationSeconds : undefined,
    boundTo: stringOf(kind) === '' ? undefined : `${stringOf(kind)} ${stringOf(name)}`,
  };
}

/** Reads events one after the other. */
export class EventReader {
  readonly #shape = new Shape(Object.keys(at));
  #viewed = viewed(new Uint8Array());

  /** Reads the object that begins at `from`, and says where it ends; -1 where there is none. */
  read(bytes: Uint8Array, from: number, to: number): number {
    if (this.#viewed.bytes !== bytes) this.#viewed = viewed(bytes);
    return this.#shape.read(bytes, from, to);
  }

  /** Whether what was read last is an event. */
  get isEvent(): boolean {
    return this.#has('auditID') && this.#has('stage');
  }

  get stage(): Stage {
    const value = this.#text('stage');
    return STAGES.find((stage) => stage === value);
  }

  /** Equal for the events of one request, as a client can choose the id, but not when it came. */
  get request(): string {
    return `${this.#plain('auditID')} ${this.#plain('requestReceivedTimestamp')}`;
  }

  /** What was read last. */
  get event(): AuditEvent {
    const object = this.#get('objectRef', reference);
    const [address, forwarded] = this.#get('sourceIPs', addresses) ?? ['', ''];
    const [code, message] = this.#get('responseStatus', status) ?? [0, ''];
    const isTokenRequest = object?.resource === 'serviceaccounts/token';
    return {
      at: this.#time('requestReceivedTimestamp'),
      user: this.#get('user', requester) ?? NOBODY,
      as: this.#get('impersonatedUser', actedAs),
      constraint: this.#constraint(),
      address,
      forwarded,
      agent: this.#text('userAgent'),
      verb: this.#text('verb'),
      object,
      path: object ? '' : pathOf(this.#plain('requestURI')),
      code,
      message,
      annotations: this.#get('annotations', notes) ?? {},
      requested:
        isTokenRequest && this.#has('requestObject') ? requestedOf(this.#json('requestObject')) : undefined,
      hasAnswer: isTokenRequest && this.#has('responseObject'),
      level: this.#text('level'),
    };
  }

  #has(name: Name): boolean {
    return this.#shape.to[at[name]] !== 0;
  }

  #slice(name: Name): [bytes: Uint8Array, from: number, to: number] {
    return [this.#viewed.bytes, this.#shape.from[at[name]] ?? 0, this.#shape.to[at[name]] ?? 0];
  }

  #get<T>(name: Name, interner: Interner<T>): T | undefined {
    const to = this.#shape.to[at[name]] ?? 0;
    return to === 0 ? undefined : interner.get(this.#viewed, this.#shape.from[at[name]] ?? 0, to);
  }

  #json(name: Name): unknown {
    return jsonOf(...this.#slice(name));
  }

  #text(name: Name): string {
    return this.#get(name, text) ?? '';
  }

  /** The text of what is another in each event. */
  #plain(name: Name): string {
    return this.#has(name) ? stringOf(this.#json(name)) : '';
  }

  #constraint(): string | undefined {
    if (!this.#has('authenticationMetadata')) return undefined;
    const value = this.#json('authenticationMetadata');
    const constraint = isRecord(value) ? stringOf(value['impersonationConstraint']) : '';
    return constraint === '' ? undefined : constraint;
  }

  /** Seconds since the epoch of `2026-11-29T09:39:11.123456Z`, as Go writes MicroTime; anything else as Date reads it. */
  #time(name: Name): number {
    const [bytes, from, to] = this.#slice(name);
    const digits = (offset: number, count: number): number => {
      let value = 0;
      for (let index = from + offset; index < from + offset + count; index++) {
        const digit = (bytes[index] ?? 0) - 0x30;
        value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN;
      }
      return value;
    };
    if (to - from === 29 && bytes[from + 27] === 0x5a && bytes[from + 20] === 0x2e) {
      const seconds =
        Date.UTC(digits(1, 4), digits(6, 2) - 1, digits(9, 2), digits(12, 2), digits(15, 2), digits(18, 2)) /
        1000;
      const whole = seconds + digits(21, 6) / 1e6;
      if (Number.isFinite(whole) && whole > 0) return whole;
    }
    const parsed = Date.parse(this.#plain(name)) / 1000;
    return Number.isFinite(parsed) ? parsed : 0;
  }
}

function pathOf(uri: string): string {
  const end = uri.search(/[?#]/);
  return end < 0 ? uri : uri.slice(0, end);
}
