import type { AccessKind, LiveChange, LiveOptions, LiveState, LiveView } from '../api/live.ts';
import type { ServerVersion, ServiceAccountInfo } from '../api/objects.ts';
import type { Server } from '../connect/server.ts';
import {
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  ROLE_BINDINGS,
  ROLES,
  SERVICE_ACCOUNTS,
  TOKEN_SECRETS,
  type Kind,
} from '../read/kinds.ts';
import { roleInfo, serviceAccountInfo, tokenSecretInfo } from '../read/objects.ts';
import { readVersion } from '../read/version.ts';
import { AccessIndex, bindingInfo } from './access.ts';
import { Follower, type Followed } from './follower.ts';
import { PodRooms } from './pods.ts';
import { Rows, type Named } from './rows.ts';

const GATHER = 20;
/**
 * A gap between two looks at the clock that only a sleeping machine has; connections do not survive it. Looked at often,
 * because on Linux no timer counts the time asleep (clock_gettime(2), CLOCK_MONOTONIC): the look comes up to this later.
 */
const LOOK_EVERY = 1000;
const SLEPT = 15_000;

const ALWAYS = ['serviceAccounts', 'tokenSecrets'] as const;
const ACCESS: readonly AccessKind[] = ['roleBindings', 'clusterRoleBindings', 'roles', 'clusterRoles'];

/** See Cluster.live. */
export function createLiveView(server: Server, { namespaces = [], quietTimeout }: LiveOptions): LiveView {
  const news = new News();
  const fallback = [...new Set([server.context.info.namespace, ...namespaces])];
  const accounts = new Rows<ServiceAccountInfo>((account) => account.name);
  const secrets = new Rows((secret: ReturnType<typeof tokenSecretInfo>) => secret.serviceAccount);
  // A namespace's own state changes its own rows: the others are not drawn again.
  const pods = new PodRooms({ server, quietTimeout }, (changed) => {
    news.rows(changed);
  });
  const bindings = new AccessIndex();
  const followers = followersOf({ server, quietTimeout }, { accounts, secrets, bindings }, fallback, news);
  let version: ServerVersion | undefined;
  const readVersionOnce = async (signal: AbortSignal): Promise<void> => {
    version ??= await readVersion(server, signal);
    if (version) news.state();
  };
  let running: AbortController | undefined;
  let clock: NodeJS.Timeout | undefined;
  let wantsAccess = false;
  const start = (kinds: readonly (keyof typeof followers)[], signal: AbortSignal): void => {
    for (const kind of kinds) void followers[kind].run(signal);
  };
  const pause = (): void => {
    running?.abort();
    running = undefined;
    clearInterval(clock);
  };
  const resume = (): void => {
    if (running) return;
    const controller = new AbortController();
    running = controller;
    start(wantsAccess ? [...ALWAYS, ...ACCESS] : ALWAYS, controller.signal);
    pods.run(controller.signal);
    if (!version) void readVersionOnce(controller.signal);
    clock = everyWakeUp(() => {
      server.hangUp();
      retry();
    });
  };
  const retry = (): void => {
    if (!running) return;
    pause();
    resume();
  };
  return {
    state: (kind, namespace) => (kind === 'pods' ? pods.state(namespace) : followers[kind].state(namespace)),
    version: () => version,
    ...lookups({ accounts, secrets }, pods, bindings),
    followPods(namespace, isWanted = false) {
      pods.follow(namespace, isWanted);
    },
    leavePods(namespace) {
      pods.leave(namespace);
    },
    followPod(ref) {
      pods.followOne(ref);
    },
    followAccess() {
      if (wantsAccess) return;
      wantsAccess = true;
      if (running) start(ACCESS, running.signal);
    },
    onChange: (callback) => news.subscribe(callback),
    pause,
    resume,
    retry,
    dispose() {
      pause();
      news.end();
    },
  };
}

/** What is asked of the rows. */
function lookups(
  { accounts, secrets }: { readonly accounts: Rows<ServiceAccountInfo>; readonly secrets: Secrets },
  pods: PodRooms,
  bindings: AccessIndex,
) {
  return {
    namespaces: () => accounts.namespaces(),
    serviceAccounts: (namespace) => accounts.sorted(namespace),
    count: (namespace) => (namespace === undefined ? accounts.count : accounts.countIn(namespace)),
    tokenSecrets: ({ namespace, name }) => secrets.ownedBy(namespace, name),
    pods: (account) => pods.of(account),
    serviceAccount: ({ namespace, name }) => accounts.get(namespace, name),
    tokenSecret: ({ namespace, name }) => secrets.get(namespace, name),
    tokenSecretsIn: (namespace) => secrets.sorted(namespace),
    tokenSecretNamespaces: () => secrets.namespaces(),
    podsIn: (namespace) => pods.sorted(namespace),
    pod: (ref) => pods.one(ref),
    access: (account) => bindings.of(account),
    bindings: () => bindings.all(),
    role: (given) => bindings.role(given),
  } satisfies Partial<LiveView>;
}

type Secrets = Rows<ReturnType<typeof tokenSecretInfo>>;

/** What follows each kind, and tells of what has changed. */
function followersOf(
  from: Pick<Followed<Named>, 'server' | 'quietTimeout'>,
  {
    accounts,
    secrets,
    bindings,
  }: {
    readonly accounts: Rows<ServiceAccountInfo>;
    readonly secrets: Secrets;
    readonly bindings: AccessIndex;
  },
  fallback: readonly string[],
  news: News,
): Readonly<Record<(typeof ALWAYS)[number] | AccessKind, Runs>> {
  const scoped = <T extends Named>(
    kind: Kind,
    rows: Rows<T>,
    reduce: (object: unknown) => T,
    onRows: (changed: Iterable<string>) => void = (changed) => {
      news.rows(changed);
    },
  ): ScopedFollower<T> => {
    const onState = (): void => {
      news.state();
    };
    return new ScopedFollower(
      { ...from, kind, rows, reduce, onRows, onState },
      kind.namespaced ? fallback : [],
    );
  };
  const onAccess = (changed: Iterable<string>): void => {
    if ([...changed].length === 0) return;
    bindings.outdate();
    news.access();
  };
  return {
    serviceAccounts: scoped(SERVICE_ACCOUNTS, accounts, serviceAccountInfo),
    tokenSecrets: scoped(TOKEN_SECRETS, secrets, tokenSecretInfo),
    roleBindings: scoped(ROLE_BINDINGS, bindings.inNamespaces, bindingInfo, onAccess),
    clusterRoleBindings: scoped(CLUSTER_ROLE_BINDINGS, bindings.everywhere, bindingInfo, onAccess),
    roles: scoped(ROLES, bindings.roles, roleInfo, onAccess),
    clusterRoles: scoped(CLUSTER_ROLES, bindings.clusterRoles, roleInfo, onAccess),
  };
}

interface Runs {
  run(signal: AbortSignal): Promise<void>;
  state(namespace: string | undefined): LiveState;
}

/** Follows a kind in every namespace, or where that is forbidden, in each of the given ones. */
class ScopedFollower<T extends Named> implements Runs {
  readonly #everywhere: Follower<T>;
  readonly #each: ReadonlyMap<string, Follower<T>>;
  #ran: Promise<void> = Promise.resolve();
  #isPerNamespace = false;

  constructor(followed: Omit<Followed<T>, 'namespace'>, fallback: readonly string[]) {
    this.#everywhere = new Follower({ ...followed, namespace: undefined });
    this.#each = new Map(
      fallback.map((namespace) => [namespace, new Follower({ ...followed, namespace })] as const),
    );
  }

  /** Runs after what ran before has ended. */
  async run(signal: AbortSignal): Promise<void> {
    const before = this.#ran;
    this.#ran = (async () => {
      await before;
      await this.#follow(signal);
    })();
    await this.#ran;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    await this.#everywhere.run(signal);
    if (signal.aborted) return;
    this.#isPerNamespace = true;
    await Promise.all(
      [...this.#each.values()].map(async (follower) => {
        await follower.run(signal);
      }),
    );
  }

  state(namespace: string | undefined): LiveState {
    if (!this.#isPerNamespace || this.#everywhere.state.phase !== 'forbidden') return this.#everywhere.state;
    if (namespace !== undefined) return this.#each.get(namespace)?.state ?? this.#everywhere.state;
    const states = [...this.#each.values()].map((follower) => follower.state);
    for (const phase of ['loading', 'stale', 'forbidden', 'paused', 'ready'] as const) {
      const found = states.find((state) => state.phase === phase);
      if (found) return found;
    }
    return this.#everywhere.state;
  }
}

/** Gathers changes for a moment, and tells of them at once. */
class News {
  readonly #callbacks = new Set<(change: LiveChange) => void>();
  #namespaces = new Set<string>();
  #access = false;
  #states = false;
  #timer: NodeJS.Timeout | undefined;

  rows(namespaces: Iterable<string>): void {
    for (const namespace of namespaces) this.#namespaces.add(namespace);
    if (this.#namespaces.size > 0) this.#soon();
  }

  access(): void {
    this.#access = true;
    this.#soon();
  }

  state(): void {
    this.#states = true;
    this.#soon();
  }

  subscribe(callback: (change: LiveChange) => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  end(): void {
    this.#callbacks.clear();
    clearTimeout(this.#timer);
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      const change = { namespaces: this.#namespaces, access: this.#access, states: this.#states };
      this.#namespaces = new Set();
      this.#access = false;
      this.#states = false;
      this.#timer = undefined;
      for (const callback of this.#callbacks) callback(change);
    }, GATHER);
  }
}

/** Calls back after the machine has slept. */
function everyWakeUp(callback: () => void): NodeJS.Timeout {
  let seen = Date.now();
  return setInterval(() => {
    const slept = Date.now() - seen > SLEPT;
    seen = Date.now();
    if (slept) callback();
  }, LOOK_EVERY).unref();
}
