import { describe, expect, it } from 'vitest';
import { foundIn, repaired } from '../../support/texts/outdatedCorpus.ts';

const READ = '-o jsonpath={.secrets[0].name}';

describe('a line that asks otherwise for the same', () => {
  it('is what kubectl create token is asked by', () => {
    const text = 'oc -n ci sa get-token "$X" -o x --context c > t\n';
    expect(repaired('it.sh', text)).toEqual(['oc create token "$X" -n ci --context c --duration=1h > t\n']);
    const [found] = foundIn({ path: 'it.sh', text, beside: new Map() });
    expect(found?.fixes().map(({ isPreferred }) => isPreferred)).toEqual([true]);
    for (const other of [
      'oc sa create-kubeconfig robot\n',
      'oc sa new-token robot\n',
      'oc sa get-token\n',
      "bash -c 'oc sa get-token robot'\n",
    ]) {
      expect(foundIn({ path: 'it.sh', text: other, beside: new Map() })).toHaveLength(1);
      expect(repaired('it.sh', other)).toEqual([]);
    }
  });

  it.each([
    [
      'curl -H "Authorization: Bearer $(kubectl get secret t -o json | jq -r .data.token )" h\n',
      'curl -H "Authorization: Bearer $(kubectl get secret t -o json | jq -r .data.token | base64 --decode )" h\n',
    ],
    ['kubectl create token x  |  base64 -d | cat\n', 'kubectl create token x | cat\n'],
    [
      'kubectl get secret x-token -o jsonpath={.data.token} | base64 -d | base64 -d\n',
      'kubectl get secret x-token -o jsonpath={.data.token} | base64 -d\n',
    ],
    [
      "kubectl describe secret x | grep token: | awk '{print $2}' | tr -d x | base64 -d > t\n",
      "kubectl describe secret x | grep token: | awk '{print $2}' | tr -d x > t\n",
    ],
    ["bash -c 'kubectl create token x | base64 -d'\n", undefined],
    ["bash -c 'kubectl --token=$(kubectl get secret t -o jsonpath={.data.token}) get pods'\n", undefined],
  ])('decodes a token once: %j', (text, after) => {
    expect(foundIn({ path: 'it.sh', text, beside: new Map() })).toHaveLength(1);
    expect(repaired('it.sh', text)).toEqual(after === undefined ? [] : [after]);
  });

  it.each([
    ['--duration=3600', '--duration=3600s', false],
    ['--duration "2w"', '--duration "336h"', true],
    ['--duration=1y', '--duration=8760h', true],
    ['--duration 1m', '--duration 10m', true],
    ['--duration=1y --duration=1m', '--duration=1y --duration=10m', true],
  ])('asks for a life that kubectl and the server take: %s', (flag, instead, isPreferred) => {
    const text = (one: string): string => `kubectl create token 1m ${one} # 1m\n`;
    expect(repaired('it.sh', text(flag))).toEqual([text(instead)]);
    const [found] = foundIn({ path: 'it.sh', text: text(flag), beside: new Map() });
    expect(found?.fixes().map((fix) => fix.isPreferred)).toEqual([isPreferred]);
  });
});

describe('what is said of a line', () => {
  const said = (text: string, path = 'it.sh'): string[] =>
    foundIn({ path, text, beside: new Map() }).map(({ message }) => message);

  it('is that it waits for ever, where it does', () => {
    const waits = /What waits for it here waits for ever\.$/;
    const name = `$(kubectl get sa x ${READ})`;
    expect(said(`until test -n "${name}"; do sleep 1; done\n`)).toEqual([expect.stringMatching(waits)]);
    expect(said(`while [ -z "${name}" ]; do sleep 1; done\n`)).toEqual([expect.stringMatching(waits)]);
    expect(said(`until kubectl get sa x ${READ} | grep .; do sleep 1; done\n`)).toEqual([
      expect.stringMatching(waits),
    ]);
    for (const other of [
      `if test -n "${name}"; then a; fi\n`,
      `for s in ${name}; do a; done\n`,
      `S=${name}\n`,
    ])
      expect(said(other)).not.toEqual([expect.stringMatching(waits)]);
    expect(said("while kubectl wait sa/x --for=jsonpath='{.secrets}'; do a; done\n")).toEqual([
      expect.stringMatching(/stays empty, so that this never comes\.$/),
    ]);
  });

  it('names what is asked', () => {
    expect(said('oc sa create-kubeconfig x\n').join()).toMatch(/^oc serviceaccounts create-kubeconfig is/);
    expect(said('oc sa new-token x\n').join()).toMatch(/^oc serviceaccounts new-token is/);
    expect(said('kubectl create token x --duration=5days\n').join()).toContain('for the unit "days"');
    expect(said('kubectl create token x --duration=5\n').join()).toContain('for a number without a unit');
    expect(said('kubectl create token x --duration=0s\n').join()).toMatch(/^0 asks for no life at all/);
    expect(said('kubectl create token x --duration=99h\n').join()).toMatch(/^An API server may grant less/);
    expect(said(`kubectl get sa x ${READ}\n`).join()).toMatch(/^This gives nothing since Kubernetes 1\.24/);
    expect(said('kubectl get sa x | awk "{print \\$2}"\n').join()).toMatch(/^The second column of/);
    expect(said('kubectl describe sa x | grep Tokens\n').join()).toMatch(/^kubectl describe says <none>/);
    expect(said('kubectl get secret x-token-w4xzq\n').join()).toMatch(/^Kubernetes made up this name/);
    expect(said('kubectl get secret | grep x-token\n').join()).toMatch(/: this finds none, unless/);
  });
});
