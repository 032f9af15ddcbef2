import { describe, expect, it } from 'vitest';
import { MOUNTED } from '../../../src/since124/mounted.ts';
import { foundIn, repaired } from '../../support/texts/outdatedCorpus.ts';

const READ = '-o jsonpath={.secrets[0].name}';
const TAKEN = '-o jsonpath={.data.token} | base64 -d';

/** The flags that say which cluster and namespace, and as whom. */
const WHERE =
  '--namespace n --context c --kubeconfig k --cluster cl --user=u --username un --password p --client-certificate cc --client-key ck --tls-server-name t --server s --as a --as-group g --as-uid i --token t --certificate-authority ca --insecure-skip-tls-verify';

/** What makes the Secret `x-token` of the ServiceAccount x, and what waits for it. */
const made = (account = 'x', where = '', kubectl = 'kubectl'): readonly [makes: string, waits: string] => [
  `printf '{"apiVersion":"v1","kind":"Secret","type":"kubernetes.io/service-account-token","metadata":{"name":"%s","annotations":{"kubernetes.io/service-account.name":"%s"}}}' ${account}-token ${account} | ${kubectl} apply${where} -f - >&2`,
  `until ${kubectl} get secret ${account}-token${where} -o jsonpath='{.data.token}' | grep -q .; do sleep 1; done`,
];

describe('a token that is requested in the place of one from a Secret', () => {
  const requested = (text: string, path = 'it.sh'): string[] => repaired(path, text, 'Request a token here');

  it.each([
    [
      'where the Secret is read in the same line',
      `T=$(kubectl get secret $(kubectl get sa x ${READ}) ${TAKEN}) # mine\n`,
      'T=$(kubectl create token x --duration=1h) # mine\n',
    ],
    [
      'where a template decodes it',
      `kubectl get secret $(kubectl get sa x ${READ}) -o go-template='{{.data.token | base64decode}}' > t\n`,
      'kubectl create token x --duration=1h > t\n',
    ],
    [
      'where jq reads it',
      `T=$(kubectl get secret $(kubectl get sa x ${READ}) -o json | jq -r .data.token | base64 -d)\n`,
      'T=$(kubectl create token x --duration=1h)\n',
    ],
    [
      'where it is described, up to what does more than take it out',
      `kubectl describe secret $(kubectl get sa x ${READ}) | grep token: | /usr/bin/awk '{print $2}' | cat\n`,
      'kubectl create token x --duration=1h | cat\n',
    ],
    [
      'in the same cluster and namespace, as the same user',
      `T=$(sudo oc --as me get secret $(sudo oc --kubeconfig=/k -n "$N" --context c get sa/x ${READ}) ${TAKEN})\n`,
      'T=$(sudo oc create token x --kubeconfig=/k -n "$N" --context c --duration=1h)\n',
    ],
    [
      'of a name in quotes, with its kind before it',
      `T=$(kubectl get secret $(kubectl get "ServiceAccount/$X" ${READ}) ${TAKEN})\n`,
      'T=$(kubectl create token "$X" --duration=1h)\n',
    ],
    [
      'at each use of a variable, whose line goes',
      `#!/bin/sh\n  S=$(kubectl get serviceaccounts x ${READ}) ;  \nT=$(kubectl get secret "$S" ${TAKEN})\nkubectl describe secret \${S} | grep token\n`,
      '#!/bin/sh\nT=$(kubectl create token x --duration=1h)\nkubectl create token x --duration=1h\n',
    ],
    [
      'of a variable that is exported',
      `export S=$(kubectl get sa x ${READ})\nT=$(kubectl get secret $S ${TAKEN})`,
      'T=$(kubectl create token x --duration=1h)',
    ],
    [
      'of a variable whose line is the last one',
      `f() { kubectl get secret $S ${TAKEN}; }\nS=$(kubectl get sa x ${READ})`,
      'f() { kubectl create token x --duration=1h; }\n',
    ],
    [
      'behind other command lines, up to a program of a like name',
      `kubectl get pods\nkubectl get secret $(/opt/my-bin/kubectl get sa x ${READ}) ${TAKEN} | trx\n`,
      'kubectl get pods\n/opt/my-bin/kubectl create token x --duration=1h | trx\n',
    ],
    [
      'where another variable has its name at its end',
      `S=$(kubectl get sa x ${READ})\necho $xS\nT=$(kubectl get secret $S ${TAKEN})\n`,
      'echo $xS\nT=$(kubectl create token x --duration=1h)\n',
    ],
    [
      'in a recipe of make in a guide',
      `\`\`\`make\nt:\n\tT=$$(kubectl get secret $$(kubectl get sa x ${READ}) ${TAKEN})\n\`\`\`\n`,
      '```make\nt:\n\tT=$$(kubectl create token x --duration=1h)\n```\n',
      'it.md',
    ],
    [
      'at the uses of its variable and not of another',
      `S=$(kubectl get sa x ${READ})\nT=$(kubectl get secret $S ${TAKEN})\nU=$(kubectl get secret $SX ${TAKEN})\n`,
      `T=$(kubectl create token x --duration=1h)\nU=$(kubectl get secret $SX ${TAKEN})\n`,
    ],
    [
      'of a variable behind a slash',
      `S=$(kubectl -v 6 --cache-dir d --request-timeout 5s ${WHERE} get sa x ${READ})\nT=$(kubectl get secret/$S ${TAKEN})\n`,
      `T=$(kubectl create token x ${WHERE} --duration=1h)\n`,
    ],
    [
      'in PowerShell',
      `$t = kubectl get secret $(kubectl get sa x ${READ}) -o go-template='{{.data.token|base64decode}}'\n`,
      '$t = kubectl create token x --duration=1h\n',
      'it.ps1',
    ],
    [
      'in a recipe of make, which stays as quiet as it was',
      `token:\n\t@kubectl get secret $$(kubectl get sa $(SA) ${READ}) ${TAKEN}\n`,
      'token:\n\t@kubectl create token $(SA) --duration=1h\n',
      'Makefile',
    ],
    [
      'of a variable of make',
      `S := $(shell kubectl get sa x ${READ})\nT := $(shell kubectl get secret $(S) ${TAKEN})\n`,
      'T := $(shell kubectl create token x --duration=1h)\n',
      'Makefile',
    ],
  ])('is so %s', (_where, text, after, path = 'it.sh') => {
    expect(requested(text, path)).toEqual([after]);
  });

  it.each([
    [
      'what is read is decoded elsewhere',
      `kubectl get secret $(kubectl get sa x ${READ}) -o jsonpath={.data.token} > t\n`,
    ],
    [
      'something else of the Secret is read',
      `kubectl get secret $(kubectl get sa x ${READ}) -o jsonpath='{.data.ca\\.crt}' | base64 -d > token\n`,
    ],
    [
      'the authority is looked for in what is described',
      `kubectl describe secret $(kubectl get sa x ${READ}) | grep ca.crt\n`,
    ],
    ['the Secret is not read', `kubectl delete secret $(kubectl get sa x ${READ})\n`],
    ['something else is read by its name', `kubectl get cm $(kubectl get sa x ${READ}) ${TAKEN}\n`],
    ['the read is fed by something', `cat x | kubectl get secret $(kubectl get sa x ${READ}) ${TAKEN}\n`],
    [
      'the name is changed on its way',
      `kubectl get secret $(kubectl get sa x ${READ} | tr -d '"') ${TAKEN}\n`,
    ],
    ['two accounts are asked for', `kubectl get secret $(kubectl get sa x y ${READ}) ${TAKEN}\n`],
    ['the account is told by a command', `kubectl get secret $(kubectl get sa $(cat x) ${READ}) ${TAKEN}\n`],
    ['the name is printed and nothing more', `kubectl get sa x ${READ}\n`],
    [
      'the variable is used for more',
      `S=$(kubectl get sa x ${READ})\necho $S\nT=$(kubectl get secret $S ${TAKEN})\n`,
    ],
    [
      'the variable holds more than the name',
      `S=x-$(kubectl get sa x ${READ})\nT=$(kubectl get secret $S ${TAKEN})\n`,
    ],
    [
      'the variable is used beside something else',
      `S=$(kubectl get sa x ${READ})\necho $S | cat\nT=$(kubectl get secret $S ${TAKEN})\n`,
    ],
    ['two Secrets are read', `S=$(kubectl get sa x ${READ})\nT=$(kubectl get secret $S y ${TAKEN})\n`],
    ['the Secret is edited', `kubectl edit secret $(kubectl get sa x ${READ}) ${TAKEN}\n`],
    [
      'the variable is used for something else of the Secret',
      `S=$(kubectl get sa x ${READ})\nC=$(kubectl get secret $S -o jsonpath={.data.ns})\nT=$(kubectl get secret $S ${TAKEN})\n`,
    ],
    ['the variable is not used', `S=$(kubectl get sa x ${READ})\n`],
    [
      'another variable is set with it',
      `S=$(kubectl get sa x ${READ}) U=1\nT=$(kubectl get secret $S ${TAKEN})\n`,
    ],
    [
      'the variable is one of a command',
      `S=$(kubectl get sa x ${READ}) ./deploy\nT=$(kubectl get secret $S ${TAKEN})\n`,
    ],
    [
      'what sets the variable is read on',
      `S=$(kubectl get sa x ${READ}) | cat\nT=$(kubectl get secret $S ${TAKEN})\n`,
    ],
    [
      'the line of the variable has more before it',
      `true; S=$(kubectl get sa x ${READ})\nT=$(kubectl get secret $S ${TAKEN})\n`,
    ],
    [
      'the line of the variable has more behind it',
      `S=$(kubectl get sa x ${READ}); true\nT=$(kubectl get secret $S ${TAKEN})\n`,
    ],
    ['all is within quotes', `bash -c 'kubectl get secret $(kubectl get sa x ${READ}) ${TAKEN}'\n`],
    [
      'the name is waited for',
      `kubectl get secret $(kubectl wait sa/x --for=jsonpath='{.secrets}') ${TAKEN}\n`,
    ],
  ])('is not offered where %s', (_where, text) => {
    expect(foundIn({ path: 'it.sh', text, beside: new Map() })).toHaveLength(1);
    expect(requested(text)).toEqual([]);
  });
});

it('a token that is requested is the first of the fixes, a Secret that is made the other', () => {
  for (const text of [
    `T=$(kubectl get secret $(kubectl get sa x ${READ}) ${TAKEN})\n`,
    `S=$(kubectl get sa x ${READ})\nT=$(kubectl get secret $S ${TAKEN})\n`,
  ]) {
    const [found] = foundIn({ path: 'it.sh', text, beside: new Map() });
    expect(found?.fixes().map(({ isPreferred }) => isPreferred)).toEqual([true, false]);
  }
});

describe('a Secret of its own that is made before it is read', () => {
  const kept = (text: string, path = 'it.sh'): string[] => repaired(path, text, 'Make a token Secret');

  it('is made and waited for on lines before, indented as they are', () => {
    const [makes, waits] = made();
    expect(kept(`#!/bin/sh\n  S=$(kubectl get sa x ${READ}) # its\n`)).toEqual([
      `#!/bin/sh\n  ${makes}\n  ${waits}\n  S=x-token # its\n`,
    ]);
    expect(kept(`echo a \\\n  b\nS=$(kubectl get sa x ${READ})\n`)).toEqual([
      `echo a \\\n  b\n${makes}\n${waits}\nS=x-token\n`,
    ]);
    expect(kept(`cat y | kubectl describe secret "$(kubectl get sa x ${READ})"`)).toEqual([
      `${makes}\n${waits}\ncat y | kubectl describe secret "x-token"`,
    ]);
  });

  it('is so in the cluster and namespace, and by the program, of the line', () => {
    const [makes, waits] = made('"$X"', ' -n ci --context c', 'oc');
    expect(kept(`S=$(oc -n ci --context c get sa "$X" ${READ})\n`)).toEqual([
      `${makes}\n${waits}\nS="$X"-token\n`,
    ]);
    const [sudo, wait] = made('x', '', 'sudo -E kubectl');
    expect(kept(`S=$(sudo -E kubectl get sa x ${READ})\n`)).toEqual([`${sudo}\n${wait}\nS=x-token\n`]);
  });

  it.each([
    ['if a; then ', '; fi\n'],
    ['for a in b; do ', '; done\n'],
    ['if a; then b; else ', '; fi\n'],
    ['{ ', '; }\n'],
    ['echo a; ', '\n'],
    ['f() { a\n}; ', ''],
    ['a && ', '\n'],
    ['a || b; ', '\n'],
  ])('is made on the same line where that begins with %j', (before, after) => {
    const [makes, waits] = made();
    expect(kept(`${before}S=$(kubectl get sa x ${READ})${after}`)).toEqual([
      `${before}${makes} && ${waits}; S=x-token${after}`,
    ]);
  });

  it('takes the place of all that gave the name, whatever is in its brackets', () => {
    const [makes, waits] = made();
    for (const first of ['true; ', '(true); ', '((a)); ', 'a | b & ', '(a;(b)) || ']) {
      expect(kept(`S=$(${first}kubectl get sa x ${READ}) # its\n`)).toEqual([
        `${makes}\n${waits}\nS=x-token # its\n`,
      ]);
    }
  });

  it('is made quietly in a recipe of make', () => {
    const [makes, waits] = made('$(SA)', '', '$(KUBECTL)');
    expect(kept(`token:\n\t@echo $$($(KUBECTL) get sa $(SA) ${READ})\n`, 'Makefile')).toEqual([
      `token:\n\t@${makes}\n\t@${waits}\n\t@echo $(SA)-token\n`,
    ]);
  });

  it.each([
    ['it is what something is decided by', `if S=$(kubectl get sa x ${READ}); then true; fi\n`],
    [
      'it is what something is decided by, at last',
      `if a; then b; elif test $(kubectl get sa x ${READ}); then c; fi\n`,
    ],
    ['it is asked for again and again', `while test -z $(kubectl get sa x ${READ}); do sleep 1; done\n`],
    ['it is waited for', `until test -n "$(kubectl get sa x ${READ})"; do sleep 1; done\n`],
    ['each is gone through', `for s in $(kubectl get sa x ${READ}); do echo $s; done\n`],
    ['something is chosen by it', `case $(kubectl get sa x ${READ}) in a) b;; esac\n`],
    ['it is read only where something else fails', `a ||  S=$(kubectl get sa x ${READ})\n`],
    ['it is read only where something fails', `a || S=$(kubectl get sa x ${READ})\n`],
    ['nothing is run but read', `S=$(kubectl get sa x ${READ})\n`, 'NOTES.txt'],
    ['all is within quotes of a program', `a("S=$(kubectl get sa x ${READ})")\n`, 'it.py'],
    ['all is within quotes of YAML', `run: "S=$(kubectl get sa x ${READ})"\n`, 'it.yaml'],
    ['nothing takes the name', `kubectl get sa x ${READ}\n`],
    ['the name is changed on its way', `S=$(kubectl get sa x ${READ} | tr -d '"')\n`],
    ['kubectl runs elsewhere', `S=$(docker exec kind kubectl get sa x ${READ})\n`],
    ['the line goes on from another', `a && \\\n  S=$(kubectl get sa x ${READ})\n`],
    ['the line goes on from another of Windows', `a && \\\r\n  S=$(kubectl get sa x ${READ})\r\n`],
    ['the script is of PowerShell', `$S = $(kubectl get sa x ${READ})\n`, 'it.ps1'],
    ['a recipe of make has it in the middle', `t: ; @S=$$(kubectl get sa x ${READ}); echo $$S\n`, 'Makefile'],
  ])('is not offered where %s', (_where, text, path = 'it.sh') => {
    expect(foundIn({ path, text, beside: new Map() })).toHaveLength(1);
    expect(kept(text, path)).toEqual([]);
  });
});

describe('a mounted file that is named in the place of a copy', () => {
  const named = (text: string): string[] => repaired('it.sh', text, 'Name the mounted file');
  const CAT = '$(cat /run/secrets/kubernetes.io/serviceaccount/token)';

  it.each([
    [
      `kubectl --context c config set-credentials cni --token "${CAT}" # a\n`,
      `kubectl --context c config set users.cni.tokenFile ${MOUNTED} # a\n`,
    ],
    [
      `kubectl config set-credentials "cni-$N" --token=${CAT}\n`,
      `kubectl config set "users.cni-$N.tokenFile" ${MOUNTED}\n`,
    ],
    [
      `kubectl config set-credentials 'cni' --token=${CAT}\n`,
      `kubectl config set users.cni.tokenFile ${MOUNTED}\n`,
    ],
    [
      `kubectl config --token=${CAT} set-credentials \${U}\n`,
      `kubectl config ${MOUNTED} set users.\${U}.tokenFile\n`,
    ],
  ])('is so by kubectl config: %j', (text, after) => {
    expect(named(text)).toEqual([after]);
  });

  it('is only for who has it there', () => {
    for (const text of [
      `kubectl config set-credentials x --token=${CAT}\n`,
      `cat > k <<EOF\ntoken: ${CAT}\nEOF\n`,
    ]) {
      const [found] = foundIn({ path: 'it.sh', text, beside: new Map() });
      expect(found?.fixes().map(({ isPreferred }) => isPreferred)).toEqual([false]);
    }
  });

  it('is so in a kubeconfig that is written', () => {
    const text = (one: string): string => `T=${CAT}\ncat > k <<EOF\nusers: [{user: {\n  ${one}  \n}]\nEOF\n`;
    expect(named(text('token : "$T"'))).toEqual([text(`tokenFile: ${MOUNTED}`)]);
    expect(named(text('token:$T'))).toEqual([text(`tokenFile: ${MOUNTED}`)]);
    expect(named(text('token:  $T'))).toEqual([text(`tokenFile: ${MOUNTED}`)]);
    expect(named(text(`token: ${CAT}`))).toEqual([text(`tokenFile: ${MOUNTED}`)]);
  });

  it.each([
    ['the user has more', `kubectl config set-credentials cni --username=x --token=${CAT}\n`],
    ['the user is not named', `kubectl config set-credentials --token=${CAT}\n`],
    ['the user’s name has a dot', `kubectl config set-credentials cni.x --token=${CAT}\n`],
    ['the user’s name has a blank', `kubectl config set-credentials "a b" --token=${CAT}\n`],
    ['all is within quotes', `bash -c 'kubectl config set-credentials cni --token=${CAT}'\n`],
    ['what is written is JSON', `cat > k <<EOF\n{"token": "${CAT}"}\nEOF\n`],
    [
      'what is written is within quotes',
      `ssh h bash <<EOF\nkubectl config set-credentials cni --token=${CAT}\nEOF\n`,
    ],
  ])('is not offered where %s', (_where, text) => {
    expect(foundIn({ path: 'it.sh', text, beside: new Map() }).length).toBeGreaterThan(0);
    expect(named(text)).toEqual([]);
  });
});
