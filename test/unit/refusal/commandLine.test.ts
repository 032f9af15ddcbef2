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
    ['./kubectl.exe.sh --kubeconfig a', { program: 'kubectl.exe.sh' }],
    [String.raw`'C:\b\kubectl.CMD' --kubeconfig a`, { program: 'kubectl', kubeconfig: 'a' }],
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

  it.each([
    ['--kubeconfig', { kubeconfig: 'a' }],
    ['--context', { context: 'a' }],
    ['--kube-context', { context: 'a' }],
    ['--namespace', { namespace: 'a' }],
    ['-n', { namespace: 'a' }],
    ['--token', { token: 'a' }],
    ['--kube-token', { token: 'a' }],
    ...[
      '--server',
      '-s',
      '--kube-apiserver',
      '--user',
      '--cluster',
      '--client-certificate',
      '--certificate-authority',
      '--kube-ca-file',
    ].map((flag) => [flag, { overrides: [flag] }] as const),
  ] as const)('stands beside what %s names, with a blank or an equals sign', (flag, named) => {
    const expected = [{ program: 'kubectl', kubeconfig: 'k', ...named }];
    const rest = flag === '--kubeconfig' ? '' : ' --kubeconfig k';
    expect(read(`kubectl get pods ${flag} a${rest}`)).toEqual(expected);
    expect(read(`kubectl get pods ${flag}=a${rest}`)).toEqual(expected);
    // What is a value is no flag.
    expect(read(`kubectl get pods ${flag} --context${rest}`)[0]).not.toHaveProperty('context', 'k');
  });

  it.each([
    ...['-u', '-g', '-h', '-p', '-C', '-D', '-R', '-T', '-U', '--user', '--group'].map(
      (flag) => `sudo ${flag} x`,
    ),
    'doas -u x',
    'doas -C x',
    'env -u x',
    'env -C x',
    'env -S x',
    'time -f x',
    'time -o x',
    'nohup',
    'watch -n x',
    'watch --interval x',
    'timeout -s x 5m',
    'timeout -k x 10',
    'command',
    'exec',
    'nohup nice=1 time -p',
  ])('is that of the command which %s runs', (wrapper) => {
    expect(read(`${wrapper} kubectl --kubeconfig a`)).toMatchObject([
      { program: 'kubectl', kubeconfig: 'a' },
    ]);
  });

  it.each([
    ['sudo', undefined],
    ['doas', undefined],
    ['sudo -E', 'a'],
    ['sudo -nE', 'a'],
    ['sudo --preserve-env', 'a'],
    ['sudo --preserve-env=HOME,KUBECONFIG', 'a'],
    ['sudo --preserve-env=HOME', undefined],
    ['env -uKUBECONFIG', null],
    ['env -u KUBECONFIG', null],
    ['env -u OTHER', 'a'],
  ])('is kept or not by %s, where the line has set it', (wrapper, variable) => {
    const { commands } = readCommandLine(`export KUBECONFIG=a; ${wrapper} kubectl get pods`);
    expect(commands.map((one) => (one.variable ? one.variable.text : one.variable))).toEqual([variable]);
  });

  it('is the one that a value was given for', () => {
    expect(read('kubectl --kubeconfig a get pods --kubeconfig')).toEqual([
      { program: 'kubectl', kubeconfig: 'a' },
    ]);
  });

  it('is looked for from where the line has gone', () => {
    const folders = (line: string): (readonly string[])[] =>
      readCommandLine(line).commands.map((one) => one.folders.map(({ text }) => text));
    expect(
      folders('cd a; kubectl get pods; pushd -q "b c" && kubectl get pods; cd; kubectl get pods'),
    ).toEqual([[], ['a'], ['a'], ['a', 'b c'], ['a', 'b c'], ['a', 'b c', '~']]);
    expect(folders('cd -; kubectl get pods').at(-1)).toEqual(['-']);
    expect(folders('popd; kubectl get pods').at(-1)).toEqual(['-']);
    expect(readCommandLine('kubectl get pods; cd a').moves).toBe(true);
    expect(readCommandLine('kubectl get pods | grep cd').moves).toBe(false);
  });

  it('is read as a shell quotes it', () => {
    const words = (line: string, shell?: Shell): unknown =>
      readCommandLine(line, shell).commands.at(-1)?.context?.text;
    expect(words('kubectl --context "a b"\'c\'d')).toBe('a bcd');
    expect(words(String.raw`kubectl --context "a\"b\$c\d"`)).toBe(String.raw`a"b$c\d`);
    expect(words(String.raw`kubectl --context 'a\b"c'`)).toBe(String.raw`a\b"c`);
    expect(words('kubectl --context "" get')).toBe('');
    expect(words('kubectl \\\r\n--context a')).toBe('a');
    expect(words('kubectl --context a#b')).toBe('a#b');
    expect(words('kubectl `\n--context "a`"b"', 'powershell')).toBe('a"b');
    expect(words("kubectl --context 'a", 'cmd')).toBe("'a");
    expect(words('kubectl --context "a^b" ^& x', 'cmd')).toBe('a^b');
    expect(words('kubectl --context a^&b', 'cmd')).toBe('a&b');
    expect(words('cat <<< "x"\nkubectl --context a')).toBe('a');
    expect(words('kubectl --context a<<<x')).toBe('a');
    expect(words("cat <<-'END'\n  kubectl --context no\n  END\nkubectl --context a")).toBe('a');
    expect(words('cat <<END\nkubectl --context no')).toBeUndefined();
  });

  it('begins with the home folder where the shell puts it there', () => {
    const value = (line: string): unknown => readCommandLine(line).commands.at(-1)?.kubeconfig;
    for (const home of ['$HOME', '${HOME}', '$env:USERPROFILE']) {
      expect(value(`kubectl --kubeconfig ${home}/a`)).toEqual({ text: '~/a', isOpen: false });
      expect(value(`kubectl --kubeconfig=${home}/a`)).toEqual({ text: '~/a', isOpen: false });
    }
    expect(value('kubectl --kubeconfig $HOMES/a')).toEqual({ text: '$HOMES/a', isOpen: true });
    expect(value('kubectl --kubeconfig a$HOME')).toEqual({ text: 'a$HOME', isOpen: true });
    expect(value('kubectl --kubeconfig `x`')).toEqual({ text: '`x`', isOpen: true });
    expect(readCommandLine('kubectl --kubeconfig a`b', 'cmd').commands[0]?.kubeconfig).toEqual({
      text: 'a`b',
      isOpen: false,
    });
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

  it.each([
    ['$env:KUBECONFIG = "C:\\a"', 'C:\\a'],
    ['$Env:Kubeconfig="a"', 'a'],
    ['$env:KUBECONFIG= "a"', 'a'],
  ])('is remembered by PowerShell after %s', (line, text) => {
    expect(readCommandLine(line, 'powershell').exported).toMatchObject({ text });
    expect(readCommandLine(line, 'posix').exported).toBeUndefined();
  });

  it.each(['declare -x KUBECONFIG=a', 'typeset -x KUBECONFIG=a', 'set KUBECONFIG a'])(
    'is remembered by the shell after %s, too',
    (line) => {
      expect(readCommandLine(line).exported).toMatchObject({ text: 'a' });
    },
  );

  it('is not what other commands say of it', () => {
    for (const line of [
      'echo KUBECONFIG=a',
      'export KUBECONFIG',
      'unset OTHER',
      'set -e',
      'declare KUBECONFIGS=a',
    ]) {
      expect(readCommandLine(line).exported).toBeUndefined();
    }
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
