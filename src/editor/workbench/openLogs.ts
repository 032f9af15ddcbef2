import * as vscode from 'vscode';
import type { SeenInLog } from '../../audit/seen.ts';
import type { AccountUse, AuditSummary } from '../../audit/summary.ts';

/** A token that somebody looks for in an audit log, by what can be found there: its id, or its Secret; else its ServiceAccount. */
export interface SoughtToken {
  /** `namespace/name` of its ServiceAccount; undefined where only its id is known. */
  readonly account: string | undefined;
  /** Its claim `jti`; legacy tokens have none. */
  readonly jti: string | undefined;
  /** The token Secret of a legacy token. */
  readonly secret: string | undefined;
}

/** An audit log that is on screen. */
export interface OpenLog {
  readonly name: string;
  /** What was found so far. */
  readonly summary: AuditSummary;
  /** Shows where a token was used. */
  trace(token: SoughtToken): void;
}

/** A ServiceAccount of a cluster; a log may be of another cluster, and its uid tells. */
interface Sought {
  readonly namespace: string;
  readonly name: string;
  /** Empty or undefined: not known. */
  readonly uid?: string | undefined;
}

/** The audit logs that are open: what they tell is shown where their ServiceAccounts and tokens are. */
export class OpenLogs implements vscode.Disposable {
  /** The one that was looked at last comes first. */
  #logs: readonly OpenLog[] = [];
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires when a log was read or closed: something else is known. */
  readonly onDidChange = this.#changed.event;
  readonly #indexes = new WeakMap<AuditSummary, ReadonlyMap<string, AccountUse>>();

  /** The one that was looked at last. */
  get latest(): OpenLog | undefined {
    return this.#logs[0];
  }

  /** A log was opened, or is looked at. */
  put(log: OpenLog): void {
    this.#logs = [log, ...this.#logs.filter((one) => one !== log)];
  }

  /** A log says that it was read. */
  read(): void {
    this.#changed.fire();
  }

  close(log: OpenLog): void {
    this.#logs = this.#logs.filter((one) => one !== log);
    this.#changed.fire();
  }

  /** What is told of a ServiceAccount by the log that saw it last; undefined where none did, or another of its name. */
  account({ namespace, name, uid = '' }: Sought): SeenInLog | undefined {
    return this.#logs
      .flatMap((log): SeenInLog[] => {
        const use = this.#index(log.summary).get(`${namespace}/${name}`);
        const isOther = use && use.uid !== '' && uid !== '' && use.uid !== uid;
        return use && !isOther && use.count > 0 ? [{ log: log.name, use, tokens: log.summary.tokens }] : [];
      })
      .reduce<SeenInLog | undefined>(
        (last, one) => (last && last.use.last >= one.use.last ? last : one),
        undefined,
      );
  }

  #index(summary: AuditSummary): ReadonlyMap<string, AccountUse> {
    const known = this.#indexes.get(summary);
    if (known) return known;
    const made = new Map(summary.accounts.map((use) => [`${use.namespace}/${use.name}`, use]));
    this.#indexes.set(summary, made);
    return made;
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
