import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { usesOf, type Place, type Use } from '../../../src/editor/terminal/used.ts';
import { readCommandLine } from '../../../src/refusal/commandLine.ts';
import { boundClaims, jwt } from '../../support/tokens.ts';

const here = resolve('/work');
const place: Place = { folder: here, variable: undefined, isRoot: false };

/** What a line used: its files, or why they are not known, and its context. */
function used(line: string, more: Partial<Place> = {}): readonly object[] {
  return usesOf(readCommandLine(line).commands, { ...place, ...more }).map(inShort);
}
function inShort({ files, unknown, context, overrides, claims }: Use): object {
  return {
    ...(unknown ? { asks: unknown.text } : { files: files ?? 'own' }),
    ...(context !== undefined && { context }),
    ...(overrides.length > 0 && { overrides }),
    ...(claims && { claims }),
  };
}
const inWork = (...paths: readonly string[]): object => ({ files: paths.map((path) => join(here, path)) });

describe('the kubeconfig of a command that was refused', () => {
  it.each<[line: string, ...uses: object[]]>([
    ['kubectl --kubeconfig host get pods', inWork('host')],
    ['kubectl \\\n  --kubeconfig host \\\n  get pods', inWork('host')],
    [`KUBECONFIG=one${delimiter}two kubectl get pods`, inWork('one', 'two')],
    [`export KUBECONFIG=one${delimiter}two; kubectl get pods`, inWork('one', 'two')],
    ['KUBECONFIG=one kubectl --kubeconfig two get pods', inWork('two')],
    ['kubectl get pods --context prod', { files: 'own', context: 'prod' }],
    ['kubectl get pods', { files: 'own' }],
    ['kubectl --kubeconfig ~/host get pods', { files: [join(homedir(), 'host')] }],
    ['cd host && kubectl --kubeconfig a get pods', inWork('host/a')],
    ['cd host; cd ../b; kubectl --kubeconfig a get pods', inWork('b/a')],
    ['cd; kubectl --kubeconfig a get pods', { files: [join(homedir(), 'a')] }],
    ['cd -- host; kubectl --kubeconfig a get pods', inWork('host/a')],
    ['kubectl --kubeconfig a get pods; cd host', inWork('a')],
    ['kubectl --kubeconfig a get pods | grep web', inWork('a')],
    ['kubectl --kubeconfig a get pods; kubectl --kubeconfig b get pods', inWork('a'), inWork('b')],
    ['kubectl --kubeconfig a get pods; kubectl --kubeconfig a get nodes', inWork('a')],
    ['kubectl --kubeconfig a --server https://b get pods', { ...inWork('a'), overrides: ['--server'] }],
    ['sudo -E kubectl --kubeconfig a get pods', inWork('a')],
    ['sudo kubectl --kubeconfig a get pods', inWork('a')],
  ])('is told by %s', (line, ...uses) => {
    expect(used(line)).toEqual(uses);
  });

  it.each<[line: string, asks: RegExp]>([
    ['sudo kubectl get pods', /By sudo it was root’s kubeconfig/],
    ['sudo -u bob kubectl get pods', /By sudo it was bob’s kubeconfig/],
    ['./deploy.sh', /Which kubeconfig deploy\.sh used is not known/],
    ['kubectl --kubeconfig "$FILE" get pods', /What \$FILE stands for is known to the shell alone/],
    ['kubectl --context "$(pick)" get pods', /known to the shell alone/],
    ['cd "$DIR"; kubectl --kubeconfig a get pods', /What \$DIR stands for is known to the shell alone/],
    ['cd -; kubectl --kubeconfig a get pods', /known to the shell alone/],
  ])('is asked for after %s', (line, asks) => {
    expect(used(line)).toEqual([{ asks: expect.stringMatching(asks) as string }]);
  });

  it('is asked for where nobody knows the folder that its path begins in', () => {
    const line = 'kubectl --kubeconfig a get pods';
    expect(used(line, { folder: undefined })).toEqual([{ asks: 'The folder that a is in is not known.' }]);
    const whole = resolve('/etc/a');
    expect(used(`kubectl --kubeconfig '${whole}' get pods`, { folder: undefined })).toEqual([
      { files: [whole] },
    ]);
    const moved = `cd '${resolve('/etc')}'; kubectl --kubeconfig a get pods`;
    expect(used(moved, { folder: undefined })).toEqual([{ files: [whole] }]);
  });

  it('is root’s where root runs it by sudo, whatever KUBECONFIG was, and another’s where it names them', () => {
    const root = { isRoot: true, variable: { text: 'a', isOpen: false } };
    expect(used('sudo kubectl get pods', root)).toEqual([{ files: [join(homedir(), '.kube', 'config')] }]);
    expect(used('sudo -u bob kubectl get pods', root)).toEqual([
      { asks: 'By sudo it was bob’s kubeconfig.' },
    ]);
  });

  it('is what a command before has set, until a command unsets it', () => {
    const variable = { text: `one${delimiter}two`, isOpen: false };
    expect(used('kubectl get pods', { variable })).toEqual([inWork('one', 'two')]);
    expect(used('sudo -E kubectl get pods', { variable })).toEqual([inWork('one', 'two')]);
    expect(used('unset KUBECONFIG; kubectl get pods', { variable })).toEqual([{ files: 'own' }]);
    expect(used('kubectl get pods', { variable: null })).toEqual([{ files: 'own' }]);
  });

  it('is not known with a token that only the shell knows, and a token that is there leaves its claims alone', () => {
    expect(used('kubectl --kubeconfig a --token="$(cat token)" get pods')).toEqual([
      { asks: expect.stringMatching(/known to the shell alone/) as string },
    ]);
    const claims = boundClaims();
    const token = jwt(claims);
    const [use] = used(`kubectl --kubeconfig a --token=${token} get pods`);
    expect(use).toEqual({ ...inWork('a'), claims });
    expect(JSON.stringify(use)).not.toContain(token.slice(-40));
  });
});
