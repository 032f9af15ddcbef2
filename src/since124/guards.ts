import { TOKEN_SECRET_TYPE } from '../kubernetes.ts';
import { uses } from './shell.ts';

const CONDITION = /\b(?:if|elif|case|unless|when|else)\b|\|\||&&/;
/** A version of Kubernetes about 1.24, or a server's version, that something is decided by. */
const VERSION =
  /\b1\.2[2-5]\b|["' ]v?2[345]["' ]*\]|-(?:lt|le|gt|ge|eq)\s["']?2[2-5]\b|\bminor\b|server_?version|gitVersion|k8s_?version|kube_?version/i;
const MAKES_TOKEN = /\bcreate\s+token\b|\bnew-token\b/;
/** Whether a line puts a Secret's name into a ServiceAccount's `.secrets`. */
function listsSecret(line: string): boolean {
  return /\bsecrets\b/.test(line) && /\bpatch\b|\bsecrets\s(?:link|add)\b/.test(line);
}

/** What a script does besides, told from its text once. */
export interface Guards {
  /** It decides by the server's version, or has another way where this one gives nothing. */
  readonly isGuarded: boolean;
  readonly makesTokenSecret: boolean;
  /** The lines that look whether a variable is empty; none where it makes no token Secret. */
  readonly tests: readonly string[];
}

export function guardsOf(source: string): Guards {
  const makesTokenSecret = source.includes(TOKEN_SECRET_TYPE);
  const decides = CONDITION.test(source);
  return {
    isGuarded:
      source.split('\n').some(listsSecret) || (decides && (VERSION.test(source) || MAKES_TOKEN.test(source))),
    makesTokenSecret,
    tests:
      decides && makesTokenSecret
        ? source
            .split('\n')
            .filter((line) => /-[zn]\s|\s[!=]?=\s|\|\|/.test(line.slice(0, 1000)))
            .slice(0, 100)
        : [],
  };
}

/** Whether a script decides by the server's version, or has another way where a variable is empty. */
export function isGuarded(guards: Guards, variable: string | undefined): boolean {
  if (guards.isGuarded) return true;
  return variable !== undefined && guards.tests.some((line) => uses(line, variable));
}
