import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../../src/refusal/commandLine.ts';
import type { Shell } from '../../../src/refusal/shellWords.ts';

/** What a line says of its programs, in short: the values alone, and those that only the shell knows with a question mark. */
function read(line: string, shell?: Shell): object[] {
  return readCommandLine(line, shell).commands.map((command) =>
    Object.fromEntries(
      Object.entries(command).flatMap(([name, value]: [string, unknown]) => {
        if (
          name === 'isClient' ||
          name === 'folders' ||
          value === undefined ||
          value === false ||
          (Array.isArray(value) && value.length === 0)
        )
          return [];
        const isValue = typeof value === 'object' && value !== null && 'text' in value && 'isOpen' in value;
        return [[name, isValue ? `${String(value.text)}${value.isOpen === true ? ' ?' : ''}` : value]];
      }),
    ),
  );
}

describe('the kubeconfig that a command line names', () => {
  it.each<[line: string, ...commands: object[]]>([
    ['kubectl --kubeconfig host.kubeconfig get pods', { program: 'kubectl', kubeconfig: 'host.kubeconfig' }],
    [
      'kubectl get pods --kubeconfig=a/b -n kube-system',
      { program: 'kubectl', kubeconfig: 'a/b', namespace: 'kube-system' },
    ],
    ['/usr/local/bin/kubectl --context prod get pods', { program: 'kubectl', context: 'prod' }],
    ['KUBECONFIG=one:two kubectl get pods', { program: 'kubectl', variable: 'one:two' }],
    ['KUBECONFIG="$HOME/.kube/a b" A=1 kubectl get pods', { program: 'kubectl', variable: '~/.kube/a b' }],
    ['KUBECONFIG=$HOME/x kubectl get pods', { program: 'kubectl', variable: '~/x' }],
    ['KUBECONFIG=$DIR/x kubectl get pods', { program: 'kubectl', variable: '$DIR/x ?' }],
    ["kubectl --kubeconfig '/a b/c' get pods", { program: 'kubectl', kubeconfig: '/a b/c' }],
    [String.raw`kubectl --kubeconfig /a\ b/c get pods`, { program: 'kubectl', kubeconfig: '/a b/c' }],
    ['kubectl \\\n  --kubeconfig host \\\n  get pods', { program: 'kubectl', kubeconfig: 'host' }],
    ['sudo kubectl get pods', { program: 'kubectl', user: 'root' }],
    ['KUBECONFIG=a sudo kubectl get pods', { program: 'kubectl', user: 'root' }],
    ['sudo -u bob kubectl get pods', { program: 'kubectl', user: 'bob' }],
    ['sudo -n --user=bob kubectl get pods', { program: 'kubectl', user: 'bob' }],
    ['sudo -ubob kubectl get pods', { program: 'kubectl', user: 'bob' }],
    ['sudo KUBECONFIG=a kubectl get pods', { program: 'kubectl', user: 'root', variable: 'a' }],
    ['sudo -u root -E kubectl --kubeconfig a get pods', { program: 'kubectl', kubeconfig: 'a' }],
    ['export KUBECONFIG=a; sudo -E kubectl get pods', { program: 'kubectl', variable: 'a' }],
    ['env -u HOME KUBECONFIG=a kubectl get pods', { program: 'kubectl', variable: 'a' }],
    ['env -u KUBECONFIG kubectl get pods', { program: 'kubectl', variable: null }],
    ['KUBECONFIG=a env -i kubectl get pods', { program: 'kubectl', variable: null }],
    ['unset KUBECONFIG; kubectl get pods', { program: 'kubectl', variable: null }],
    ['time kubectl --kubeconfig a get pods', { program: 'kubectl', kubeconfig: 'a' }],
    ['timeout 10s kubectl --kubeconfig a get pods', { program: 'kubectl', kubeconfig: 'a' }],
    ['watch -n 2 kubectl --kubeconfig a get pods', { program: 'kubectl', kubeconfig: 'a' }],
    [
      'cd x && kubectl --kubeconfig a get pods | grep web',
      { program: 'cd' },
      { program: 'kubectl', kubeconfig: 'a' },
      { program: 'grep' },
    ],
    ['helm --kube-context b --kubeconfig a list', { program: 'helm', context: 'b', kubeconfig: 'a' }],
    ['kubectl exec web -- kubectl --kubeconfig inside get pods', { program: 'kubectl' }],
    [
      'kubectl --user admin --server=https://a get pods',
      { program: 'kubectl', overrides: ['--user', '--server'] },
    ],
    ['./deploy.sh --kubeconfig a', { program: 'deploy.sh' }],
    ['KUBECONFIG=a ./deploy.sh', { program: 'deploy.sh', variable: 'a' }],
    [
      'kubectl apply -f - <<EOF\nkubectl --kubeconfig no\nEOF\nkubectl --context yes get pods',
      { program: 'kubectl' },
      { program: 'kubectl', context: 'yes' },
    ],
    ['# kubectl --context no'],
    ['kubectl get pods # --context no', { program: 'kubectl' }],
    ['(kubectl --context a get pods)', { program: 'kubectl', context: 'a' }],
    [
      'kubectl --kubeconfig "$(find . -name x)" get pods',
      { program: 'kubectl', kubeconfig: '$(find . -name x) ?' },
    ],
  ])('%s', (line, ...commands) => {
    expect(read(line)).toEqual(commands);
  });

  it('is read as PowerShell and cmd write it', () => {
    expect(read(String.raw`kubectl.exe --kubeconfig C:\a\b get pods`, 'powershell')).toEqual([
      { program: 'kubectl', kubeconfig: String.raw`C:\a\b` },
    ]);
    expect(readCommandLine(String.raw`$env:KUBECONFIG="C:\a"`, 'powershell').exported).toEqual({
      text: String.raw`C:\a`,
      isOpen: false,
    });
    expect(readCommandLine(String.raw`set KUBECONFIG=C:\a`, 'cmd').exported).toEqual({
      text: String.raw`C:\a`,
      isOpen: false,
    });
  });

  it.each([
    ['export KUBECONFIG=~/a', '~/a'],
    ['KUBECONFIG=a', 'a'],
    ['set -gx KUBECONFIG a', 'a'],
    ['export KUBECONFIG="$PWD/a"', '$PWD/a'],
  ])('is remembered by the shell after %s', (line, text) => {
    expect(readCommandLine(line).exported).toMatchObject({ text });
  });

  it('is forgotten by the shell after unset', () => {
    expect(readCommandLine('unset KUBECONFIG').exported).toBeNull();
    expect(readCommandLine('kubectl get pods').exported).toBeUndefined();
  });

  it('is that of the command alone where it is set in front of it', () => {
    const { commands, exported } = readCommandLine('KUBECONFIG=a kubectl get pods; kubectl get nodes');
    expect(exported).toBeUndefined();
    expect(commands.map(({ variable }) => variable?.text)).toEqual(['a', undefined]);
  });

  it('is told only of programs that are known to read one', () => {
    const isClient = (line: string): boolean[] => readCommandLine(line).commands.map((one) => one.isClient);
    expect(
      ['kubectl get pods', 'helm list', './deploy.sh', 'ssh host kubectl get pods'].map(isClient),
    ).toEqual([[true], [true], [false], [false]]);
  });

  it('stands beside a token, which is told apart', () => {
    expect(read('kubectl --token=abc --kubeconfig a get pods')).toEqual([
      { program: 'kubectl', token: 'abc', kubeconfig: 'a' },
    ]);
  });
});
