import type { ClusterEndpoint } from '../../kubeconfig/buildKubeconfig.ts';
import type { CredentialProgram } from '../../kubeconfig/credentialProgram.ts';

/** A person's yes to one thing, by the fingerprint of all that it is about; what differs from it is not agreed to. */
export interface Agreement {
  readonly terms: string;
}

/** A context of the user's kubeconfig, read without contacting anything and without starting a program. */
export interface ContextInfo {
  readonly name: string;
  readonly cluster: string;
  readonly server: string;
  readonly user: string;
  /** The context's own namespace, or `default`. */
  readonly namespace: string;
  /** The program that would run to get a credential, with its arguments, e.g. `exec: aws eks get-token`; undefined where nothing runs. Tokens in it are masked. */
  readonly runs: string | undefined;
  /** The same, as it is in the kubeconfig: its arguments can hold a secret. */
  readonly program: CredentialProgram | undefined;
  /** The file whose content would be sent as the token; undefined where none is. */
  readonly tokenFile: string | undefined;
  /** Where it leads; undefined where the entry leads nowhere. */
  readonly endpoint: ClusterEndpoint | undefined;
  /** A fingerprint of all that decides what runs or which file is read, and where what they give is sent; undefined where neither is. */
  readonly terms: string | undefined;
  /** The kubeconfig that has the context; a Pod's own ServiceAccount has none, and says so. */
  readonly file: string;
  /** Differs when the context, its cluster or its user is another in the kubeconfig. */
  readonly version: string;
}

/** A kubeconfig as text; `folder` resolves its relative paths. */
export interface KubeconfigDocument {
  readonly text: string;
  readonly folder: string;
  /** Its current-context where absent. */
  readonly context?: string;
  /** To the program that its user entry names, or the tokenFile; not-allowed-here is thrown where either is not agreed to. */
  readonly agreed?: Agreement | undefined;
}

/** A kubeconfig as a client would use it: a document by itself, or files with kubectl's rules; the context, else the current one. */
export type KubeconfigInUse = (
  | {
      readonly text: string;
      /** Resolves relative paths. */
      readonly folder: string;
      /** Names it to people: a path. */
      readonly origin: string;
    }
  | KubeconfigSource
) & { readonly context?: string };

/** A context of a kubeconfig, and the tokens that stand in its user's entry. */
export interface ContextWithTokens {
  readonly info: ContextInfo;
  readonly isCurrent: boolean;
  readonly tokens: readonly string[];
}

export interface KubeconfigSource {
  /** Files in order of precedence; undefined: $KUBECONFIG, else ~/.kube/config, else as `inCluster`. */
  readonly files: readonly string[] | undefined;
  /** The ServiceAccount of the Pod that this runs in, and no file. */
  readonly inCluster?: boolean;
}
