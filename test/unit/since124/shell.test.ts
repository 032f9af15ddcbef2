import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foundIn } from '../../support/texts/outdatedCorpus.ts';

const READ = 'kubectl get sa x -o jsonpath={.secrets[0].name}';
const FILE = '/run/secrets/kubernetes.io/serviceaccount/token';

const marked = (text: string, path = 'it.sh'): string[] =>
  foundIn({ path, text, beside: new Map() }).map(({ start, end }) => text.slice(start, end));
const rules = (text: string, path = 'it.sh'): string[] =>
  foundIn({ path, text, beside: new Map() }).map(({ rule }) => rule);

describe('a command line, as a shell reads it,', () => {
  it.each([
    ['after a comment', `# a\n${READ}\n`],
    ['before a comment', `${READ} # jsonpath={.secrets[0].name}\n`],
    ['after another', `a;${READ}`],
    ['after one in the background', `a & ${READ} &\n`],
    ['after and', `a&&${READ}&&b`],
    ['in brackets', `(${READ})\n`],
    ['in brackets within brackets', `( (a) ; (${READ}) )\n`],
    ['after a bracket too many', `)) ${READ}\n`],
    ['in a substitution with brackets', `a $( (b) ; ${READ})\n`],
    ['in a substitution that does not end', `a $(${READ}`],
    ['in a substitution in quotes', `a "b $(${READ}) c"\n`],
    ['in backticks', `a \`${READ}\`\n`],
    ['in backticks in quotes', `a "b\`${READ}\`"\n`],
    ['after escaped backticks', `a \\\`\`${READ}\`\n`],
    ['in backticks with an escape', `a \`b \\\` ; ${READ}\`\n`],
    ['in braces', `\${A:-$(${READ})}\n`],
    ['in braces in quotes', `a "\${A:-\${B:-$(${READ})}}"\n`],
    ['after a parameter of braces', `a \${A} ; ${READ}\n`],
    ['after braces that do not end', `a \${A\n${READ}\n`],
    ['after a variable', `a $A $1 $$ $; ${READ}\n`],
    ['after a quote that holds everything', `a '\n;|&$(b)"' ; ${READ}\n`],
    ['after an escaped quote', `a \\' \\" ; ${READ}\n`],
    ['after an escaped quote in quotes', `a "\\"" ; ${READ}\n`],
    ['after an escaped backslash in quotes', `a "\\\\" ; ${READ}\n`],
    ['after a number sign within a word', `a b#c ; ${READ}\n`],
    ['after what is written to a file', `a >b 2>&1 >>c 2>d &>e >|f; ${READ}\n`],
    ['after what is read from a file', `a <b <<<'c' 3<d; ${READ}\n`],
    ['in what a program reads as a file', `a <(${READ})\n`],
    ['with blanks and tabs', `\t ${READ}\r\n`],
    ['with an output that is thrown away', `${READ}>/dev/null\n`],
    ['of a value with a sign', `A=$(${READ})\n`],
    ['that is piped', `${READ} |& cat`],
    ['after a form feed', `a \f ; \f${READ}\n`],
    ['after many backticks', `${'`a`;'.repeat(13)}\`${READ}\`\n`],
    ['after many substitutions', `${'$(a);'.repeat(13)}\`${READ}\`\n`],
    ['after many braces', `${['$', '{A:-$B};'].join('').repeat(13)}\`${READ}\`\n`],
    ['of which something is written', `${READ} 2>b`],
  ])('is found %s', (_where, text) => {
    expect(marked(text)).toEqual([READ]);
  });

  it.each([
    ['in a comment', `a; # ${READ}\n`],
    ['in single quotes', `a '$(${READ})'\n`],
    ['in single quotes that do not end', `a '${READ}`],
    ['in quotes', `a "${READ}"\n`],
    ['as arguments', `cat ${READ.replace('kubectl', 'x')}\n`],
    ['in a text that is not filled in', `cat <<'E'\n$(${READ})\nE\n`],
    ['in a text whose mark has a backslash', `cat <<\\E\n$(${READ})\nE\n`],
    ['in a text whose mark has quotes within', `cat <<E"F"\n$(${READ})\nEF\n`],
    ['in a text as it is', `cat <<E\n${READ}\nE\n`],
    ['escaped in a text', `cat <<E\n\\$(${READ})\nE\n`],
    ['after an escaped dollar', `a "\\$(${READ})"\n`],
    ['as the name of a file', `a > ${READ.slice(8)}\n`],
  ])('is none %s', (_where, text) => {
    expect(marked(text)).toEqual([]);
  });

  it.each([
    ['is filled in', `cat <<E\n$(${READ})\nE\n`],
    ['is filled in by backticks', `cat <<E\n\`${READ}\`\nE\n`],
    ['is filled in by braces', `cat <<E\n\${A:-$(${READ})}\nE\n`],
    ['is indented', `cat <<-E\n\ta\n\tE\n${READ}\n`],
    ['is indented by what is around it', `f() {\n  cat <<E\n  a\n  E\n  ${READ}\n}\n`],
    ['has ended', `cat <<'E'\na\nE\n${READ}\n`],
    ['has ended on a line of Windows', `cat <<'E'\r\na\r\nE\r\n${READ}\r\n`],
    ['is one of two', `cat <<'E' <<F\nF\nE\n$(${READ})\nF\n`],
    ['follows a command on its line', `cat <<'E'; ${READ}\na\nE\n`],
    ['has its mark behind a blank', `cat << 'E' > f\na\nE\n${READ}\n`],
    ['does not end', `cat <<E\n$(${READ})\n`],
    ['has the number of a file', `cat 3<<'E'\na\nE\n${READ}\n`],
    ['is in a substitution', `a=$(cat <<'E'\nb\nE\n); ${READ}\n`],
    ['is empty', `cat <<'E'\nE\n${READ}\n`],
  ])('is found where a text on the lines that follow %s', (_how, text) => {
    expect(marked(text)).toEqual([READ]);
  });

  it('goes on over line ends that are escaped', () => {
    for (const end of ['\\\n', '\\\r\n', ' \\\n\t']) {
      const text = `kubectl get sa x -o ${end}jsonpath={.secrets}`;
      expect(marked(`${text}\n`)).toEqual([text]);
      const inWord = `kubectl get sa x -o jsonpath={.sec${end.trimStart().trimEnd()}\nrets}`.replace(
        '\n\n',
        '\n',
      );
      expect(marked(`${inWord}\n`)).toEqual([inWord]);
    }
    expect(marked('kubectl get sa x -o \\ \njsonpath={.secrets}\n')).toEqual([]);
    const ticks = 'kubectl get sa x `\r\n  -o jsonpath={.secrets}';
    expect(marked(`${ticks}\r\n`, 'it.ps1')).toEqual([ticks]);
  });

  it('is read with a backtick for a backslash in PowerShell', () => {
    expect(marked(`a "\`"" ; ${READ}\n`, 'it.ps1')).toEqual([READ]);
    expect(marked(`a "C:\\" ; ${READ}\n`, 'it.ps1')).toEqual([READ]);
    expect(marked(`a "\`$(${READ})"\n`, 'it.ps1')).toEqual([]);
    expect(marked(`a \`" ; ${READ}\n`, 'it.ps1')).toEqual([READ]);
  });

  it('is read in recipes of make, where a dollar is doubled', () => {
    for (const text of [
      `t:\n\t@a "$$(${READ})"\n`,
      `A := $(shell ${READ})\n`,
      `t:\n\ta $(B) $@ $< $\{C} ; ${READ}\n`,
      `t:\n\ta $$B $\{C ; ${READ}\n`.replace(' ;', '\n\t'),
      `t:\n\ta $(subst a,b ; ${READ}\n`.replace(' ;', '\n\t'),
    ]) {
      expect([text, marked(text, 'Makefile')]).toEqual([text, [READ]]);
    }
    expect(marked(`t:\n\ta $(${READ})\n`, 'Makefile')).toEqual([]);
  });

  it('is never found elsewhere because of what a stranger writes around it', () => {
    const piece = fc.constantFrom(
      '$(',
      ')',
      '`',
      '"',
      "'",
      '\\',
      '\n',
      ' ',
      '<<E',
      'E\n',
      '${',
      '}',
      '#',
      '|',
      ';',
      '>',
      READ,
      'a',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join('');
        for (const path of ['it.sh', 'it.ps1', 'Makefile']) {
          for (const one of marked(text, path)) expect(one).toMatch(/^[`\\"']*kubectl /);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a script that decides by itself', () => {
  const lines = [READ, 'oc sa get-token x', 'kubectl get secrets | grep x-token'];

  it.each([
    ['if [ "$V" = "1.24" ]; then a; fi'],
    ['[ "$V" = 24 ] && a'],
    ['case $V in 1.2[0-3]*) a;; esac; test 1.23'],
    ['a || test "$MINOR" -lt 24'],
    ['a && [ $minor -ge "24" ]'],
    ['if (( minor > 23 )); then a; fi'],
    ['[[ $(server_version) > 2 ]] || a'],
    ['when: serverversion'],
    ['a || b .gitVersion'],
    ['test "$K8S_VERSION" && a'],
    ['test "$kubeVersion" && a'],
    ['[ "$V" = "v24" ] && a'],
    ["test $V -eq '25' || a"],
    ['elif a; kubectl create token x'],
    ['else; oc sa new-token x'],
    ['unless a; kubectl  create  token x'],
    ['kubectl patch sa x -p \'{"secrets":[{"name":"y"}]}\''],
    ['oc secrets link x y'],
    ['oc secrets add x y'],
  ])('is let alone: %s', (other) => {
    for (const line of lines) expect([line, rules(`${other}\n${line}\n`)]).toEqual([line, []]);
  });

  it.each([
    ['V=1.24; minor=24'],
    ['if a; then b; fi'],
    ['if [ "$V" = "1.26" ]; then a; fi'],
    ['if [ "$V" = "11.24" ]; then a; fi'],
    ['if [ "$V" = "1.240" ]; then a; fi'],
    ['test $V -lt 240 || a'],
    ['test $V -lt 26 || a'],
    ['test $V -x 24 || a'],
    ['notify; a minority report'],
    ['a || b minorities'],
    ['kubectl create token x'],
    ['if a; then kubectl create tokens x; fi'],
    ['if a; then xkubectl recreate token x; fi'],
    ['kubectl dispatch secrets x'],
    ['oc secrets unlink x y'],
    ['kubectl patch sa x -p imagePullSecrets'],
    ['verify gif; V=1.24'],
  ])('is not taken for one because of what only looks so: %s', (other) => {
    for (const line of lines) expect(rules(`${other}\n${line}\n`)).toEqual(rules(line));
  });

  const secret = 'if a; then echo type: kubernetes.io/service-account-token; fi';

  it.each([
    ['if [ -z "$S" ]; then a; fi'],
    ['test -n $S && a'],
    ['[ $S == "" ] && a'],
    ['[ ${S} != "" ] && a'],
    ['[ $S = "" ] && a'],
    ['a ${S} || b'],
  ])('is let alone where it makes a token Secret if a name is empty: %s', (test) => {
    expect(rules(`S=$(${READ})\n${secret}\n${test}\n`)).toEqual([]);
    expect(rules(`S=$(${READ})\n${test}\n`)).toEqual(['account-secrets-read']);
    expect(
      rules(
        `S=$(${READ})\n${secret.replace('if a; then ', '').replace('; fi', '')}\n${test.replaceAll(/if |then |; fi|&&|\|\|/g, ';')}\n`,
      ),
    ).toEqual(['account-secrets-read']);
  });

  it.each([
    ['if [ -z "$T" ]; then a; fi'],
    ['test -x $S && a'],
    ['a $S && b'],
    [`a${' '.repeat(1000)} -z $S`],
  ])('is not where something else is looked at: %s', (test) => {
    expect(rules(`S=$(${READ})\n${secret}\n${test}\n`)).toEqual(['account-secrets-read']);
    expect(rules(`${READ}\n${secret}\n${test.replace('$T', '$S')}\n`)).toEqual(['account-secrets-read']);
  });

  it('is read for so many such lines and no more', () => {
    const text = (count: number): string =>
      `S=$(${READ})\n${secret}\n${'test -z $T\n'.repeat(count)}test -z $S\n`;
    expect([rules(text(99)), rules(text(100))]).toEqual([[], ['account-secrets-read']]);
  });
});

describe('a copy of a mounted token', () => {
  const copy = `T=$(cat ${FILE})\nkubectl config set-credentials x --token=$T\n`;

  it.each([
    ['in a loop', `while true; do\n${copy}sleep 1\ndone\n`],
    ['in a loop that waits', `until false\ndo\n${copy}done\n`],
    ['in a loop within a loop', `while a; do for b in c; do\n${copy}done; done\n`],
    ['in a function that a loop calls', `f() {\n${copy}}\nwhile a; do f; done\n`],
    ['in a function before another', `f() {\n${copy}}\ng() { a\n}\nwhile a; do f; done\n`],
    [
      'in a function with its word',
      `g() { a\n}\nfunction  f-1 () {\n${copy}}\nuntil a; do sleep 1; f-1; done\n`,
    ],
  ])('is made anew %s', (_where, text) => {
    expect(rules(text)).toEqual([]);
  });

  it.each([
    ['once for each of a list', `for a in b; do\n${copy}done\n`],
    ['before a loop', `${copy}while a; do b; done\n`],
    ['after a loop', `while a; do b; done\n${copy}`],
    ['after a function that a loop calls', `while a; do g; done\nf() {\n${copy}}\n`],
    ['in a loop that does not end', `while a; do\n${copy}`],
    ['in another function', `f() { a\n}\ng() {\n${copy}}\nwhile a; do f; done\n`],
    ['after a loop for each', `while a; do for b in c; do d; done; done\n${copy}`],
  ])('is made %s', (_where, text) => {
    expect(rules(text)).toEqual(['mounted-token-copied']);
  });

  it.each([
    ['a variable of its folder', `D=/var/run/secrets/kubernetes.io/serviceaccount\ncp $D/token x\n`],
    [
      'a variable of its folder with a slash',
      `D=/run/secrets/kubernetes.io/serviceaccount/\ncp "\${D}//token" x\n`,
    ],
    ['a variable of its file', `F=${FILE}\ncp $F x\n`],
    ['a variable of a variable', `D=/run/secrets/kubernetes.io/serviceaccount\nF=$D/token\ncp \${F} x\n`],
    ['a variable with another as its default', `FILE=${FILE}\ncp \${FILE:-/x} y\n`],
    ['a folder with a default', `DIR=/run/secrets/kubernetes.io/serviceaccount\ncp \${DIR:-/x}/token y\n`],
    ['a variable of make', `D := /run/secrets/kubernetes.io/serviceaccount\nt:\n\tcp $(D)/token x\n`],
    ['a variable of make with two signs', `F ::= ${FILE}\nt:\n\tcp $(F) x\n`],
    ['a variable that may be set', `F ?= ${FILE}\nt:\n\tcp $(F) x\n`],
    [
      'a variable of what two commands print',
      `T=$(true; cat ${FILE})\nvault write x token_reviewer_jwt=$T\n`,
    ],
    ['a variable of what is in it', `T=$(<${FILE})\nvault write x token_reviewer_jwt=$T\n`],
    ['a variable of what a variable’s file holds', `F=${FILE}\nT=\`cat "$F"\`\necho "token: $T" > x\n`],
  ])('is told by %s', (_what, text) => {
    expect(rules(text, / (?::{1,2}|\?)= /.test(text) ? 'Makefile' : 'it.sh')).toEqual([
      'mounted-token-copied',
    ]);
  });

  it.each([
    ['another folder', `D=/run/secrets/kubernetes.io/other\ncp $D/token x\n`],
    ['another file', `D=/run/secrets/kubernetes.io/serviceaccount\ncp $D/ca.crt x\n`],
    ['a folder in its place', `D=/run/secrets/kubernetes.io/serviceaccount\ncp $D x\n`],
    ['a file in the place of a folder', `F=${FILE}\ncp $F/token x\n`],
    ['something longer', `F=${FILE}\ncp $F.old x\n`],
    ['another variable', `F=${FILE}\ncp $FX x\n`],
    ['what else prints it', `T=$(tac ${FILE})\nvault write x token_reviewer_jwt=$T\n`],
    ['what is done to it as it is read', `T=$(<${FILE} | cut -c1)\nvault write x token_reviewer_jwt=$T\n`],
    ['what is done to it', `T=$(cat ${FILE} | cut -c1)\ncp $T x\n`],
    ['what prints nothing', `T=$(> x)\nvault write x token_reviewer_jwt=$T\n`],
    ['a part of another name', `F=${FILE}\ncp x\${F:-/a} y\n`],
    ['another variable of its content', `T=$(cat ${FILE})\nvault write x token_reviewer_jwt=$TX\n`],
  ])('is none by %s', (_what, text) => {
    expect(rules(text)).toEqual([]);
  });
});
