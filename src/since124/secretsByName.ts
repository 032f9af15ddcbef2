import { since } from '../versions.ts';
import type { Outdated } from './finding.ts';
import { namedBy, outputOf, type Kubectl } from './kubectlCommand.ts';
import { programOf, type Script } from './script.ts';
import type { Command } from './shell.ts';

const SINCE = since('no token Secrets by itself');
/** The name that the token controller gave: the ServiceAccount's, and five of the letters of `rand.String` (apimachinery). */
const GENERATED = /[\w.${}()-]-token-[bcdfghjklmnpqrstvwxz2456789]{5}$/;
const PICKS = /(?:^|\/)(?:grep|egrep|awk|gawk|sed|jq|yq|fgrep|rg|findstr|Select-String|sls)$/;

/** Lines of a script that look for a token Secret by the name or the annotation that the token controller once gave it. */
export function secretsByNameIn(script: Script): Outdated[] {
  return script.kubectls.flatMap((kubectl) => {
    const found = byNameOf(script, kubectl);
    if (!found || script.guards.makesTokenSecret || script.guards.isGuarded) return [];
    return [{ rule: 'token-secret-by-name' as const, fixes: () => [], ...found }];
  });
}

function byNameOf(
  script: Script,
  kubectl: Kubectl,
): { readonly message: string; readonly start: number; readonly end: number } | undefined {
  const { verb, pipeline, command, program } = kubectl;
  if (verb !== 'get' && verb !== 'describe') return undefined;
  const secrets = namedBy(kubectl, 'secret');
  if (!secrets) return undefined;
  const generated = secrets.find(({ name }) => GENERATED.test(name));
  if (generated) {
    const message = `Kubernetes made up this name for a token Secret, and has made none by itself since ${SINCE}: in a newer cluster there is no such Secret.`;
    return { message, start: generated.word.start, end: generated.word.end };
  }
  if (secrets.length > 0) return undefined;
  const behind = pipeline.commands.slice(pipeline.commands.indexOf(command) + 1);
  const picks = behind.find((one) => PICKS.test(programOf(one)));
  const pattern = picks?.words.map(({ text }) => text) ?? [];
  const isByAnnotation = /service-account\\*\.name/.test(outputOf(kubectl));
  const last = behind.at(-1)?.words.at(-1) ?? command.words.at(-1);
  const isListed =
    isByAnnotation || pattern.some((text) => isNamePattern(text)) || isShown(script, kubectl, picks);
  if (!isListed || !last) return undefined;
  const message = `Since Kubernetes ${SINCE} no token Secret is made for a ServiceAccount by itself: this finds none, unless somebody made one under such a name.`;
  return { message, start: program.start, end: last.end };
}

/** A pattern for the names that the token controller gave: `default-token`, `$SA-token-`. */
function isNamePattern(text: string): boolean {
  return text.length < 400 && /(?:[\w}$)]|^\W?)-token(?:-|\b(?!-))/.test(text);
}

/** Whether whatever Secret is picked by a ServiceAccount's name is described, or its token is read: as for a dashboard. */
function isShown(script: Script, { pipeline }: Kubectl, picks: Command | undefined): boolean {
  const holder = script.holderOf(pipeline);
  if (!holder || !picks) return false;
  const outer = script.kubectls.find(({ command }) => command === holder.command);
  if (!outer || !namedBy(outer, 'secret')) return false;
  if (outer.verb === 'describe') return true;
  return outer.verb === 'get' && /\.data\.token|data\[/.test(outputOf(outer));
}

/** `oc sa get-token` and its like. */
export function ocTokensIn(script: Script): Outdated[] {
  return script.kubectls.flatMap((kubectl) => {
    const { verb, args, program, where } = kubectl;
    const [sub, account] = args;
    if (!/^(?:sa|serviceaccounts?)$/.test(verb) || !sub) return [];
    if (!/^(?:get-token|create-kubeconfig|new-token)$/.test(sub.text)) return [];
    const end = account?.end ?? sub.end;
    const message = `oc serviceaccounts ${sub.text} is deprecated since oc 4.11: it looks for a token Secret that is listed at the ServiceAccount, and no such Secret is made any more.`;
    if (script.guards.isGuarded) return [];
    const words = where.map((word) => ` ${script.raw(word)}`).join('');
    const text =
      account && `${script.raw(program)} create token ${script.raw(account)}${words} --duration=1h`;
    const rest = kubectl.command.words.at(-1);
    return [
      {
        rule: 'oc-get-token' as const,
        message,
        start: program.start,
        end,
        fixes: () =>
          text === undefined || !rest || sub.text !== 'get-token' || script.region.isQuoted
            ? []
            : [
                {
                  title: 'Request a token: oc create token (it ends after an hour)',
                  edits: [{ start: program.start, end: rest.end, text }],
                  isPreferred: true,
                },
              ],
      },
    ];
  });
}
