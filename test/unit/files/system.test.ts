import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  hasModes,
  kubectlHome,
  pathInKubeconfig,
  pathList,
  pathOfOpen,
  programEndings,
  programFolders,
  shellWord,
  tellsFileSystems,
  usualKubeconfigs,
  usualShell,
  type Look,
} from '../../../src/files/system.ts';
import {
  cacheFolder,
  envtestFolder,
  installedBrowsers,
  nodePackages,
  openerOf,
  programNamed,
} from '../../../scripts/system.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));

it('which system this is, only the module of the systems asks, and that of the scripts', () => {
  const askers = ['src', 'scripts', 'sandbox'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => join(folder, file).replaceAll('\\', '/'))
      .filter((file) => /\.m?ts$|\.mjs$/.test(file))
      .filter((file) =>
        /=== 'win32'|process\.platform (?:!|=)==|homedir\(|os\.platform\(/.test(
          readFileSync(join(root, file), 'utf8'),
        ),
      ),
  );
  expect(askers.toSorted()).toEqual([
    'sandbox/cache.ts',
    'sandbox/found.ts',
    'scripts/system.mjs',
    'src/files/system.ts',
  ]);
});

describe('of Windows, macOS and Linux', () => {
  it('two keep modes, and one has a path to what is open and says which file system it is', () => {
    const systems = ['win32', 'darwin', 'linux'] as const;
    expect(systems.map((system) => hasModes(system))).toEqual([false, true, true]);
    expect(systems.map((system) => pathOfOpen(7, system))).toEqual([undefined, undefined, '/proc/self/fd/7']);
    expect(systems.map((system) => tellsFileSystems(system))).toEqual([false, false, true]);
    expect(systems.map((system) => usualShell(system))).toEqual(['powershell', 'posix', 'posix']);
  });

  it.each([
    ['linux', '/a:/b c::/d', ['/a', '/b c', '/d']],
    ['darwin', '/a', ['/a']],
    ['win32', String.raw`C:\a;"D:\b;c\x";\\host\share\k`, ['C:\\a', 'D:\\b;c\\x', '\\\\host\\share\\k']],
    ['win32', ';;C:\\a;', ['C:\\a']],
    ['win32', String.raw`"C:\open`, ['C:\\open']],
    ['linux', '', []],
  ] as const)('a list of paths on %s is split as Go splits it: %s', (system, text, paths) => {
    expect(pathList(text, system)).toEqual(paths);
  });

  it.each([
    ['linux', '/home/me/.kube', 'ca.crt', '/home/me/.kube/ca.crt'],
    ['linux', '/home/me/.kube', '../ca.crt', '/home/me/ca.crt'],
    ['darwin', '/Users/me/.kube', '/etc/ca.crt', '/etc/ca.crt'],
    ['linux', '/home/me/.kube', String.raw`C:\ca.crt`, String.raw`/home/me/.kube/C:\ca.crt`],
    ['win32', String.raw`C:\Users\me\.kube`, 'ca.crt', String.raw`C:\Users\me\.kube\ca.crt`],
    ['win32', String.raw`C:\Users\me\.kube`, String.raw`..\ca.crt`, String.raw`C:\Users\me\ca.crt`],
    ['win32', String.raw`C:\Users\me\.kube`, String.raw`d:\ca.crt`, String.raw`d:\ca.crt`],
    ['win32', String.raw`C:\Users\me\.kube`, 'D:/ca.crt', 'D:/ca.crt'],
    [
      'win32',
      String.raw`C:\Users\me\.kube`,
      String.raw`\\host\share\ca.crt`,
      String.raw`\\host\share\ca.crt`,
    ],
    // To Go neither is absolute: the one has no drive, the other no slash.
    ['win32', String.raw`C:\Users\me\.kube`, String.raw`\ca.crt`, String.raw`C:\Users\me\.kube\ca.crt`],
    ['win32', String.raw`\\host\share\k`, String.raw`sub\ca.crt`, String.raw`\\host\share\k\sub\ca.crt`],
  ] as const)('on %s a kubeconfig in %s means by %s what kubectl means', (system, folder, path, meant) => {
    expect(pathInKubeconfig(folder, path, system)).toBe(meant);
  });

  const environment = {
    HOME: String.raw`C:\msys\home`,
    HOMEDRIVE: 'H:',
    HOMEPATH: String.raw`\net`,
    USERPROFILE: String.raw`C:\Users\me`,
  };
  const at =
    (there: Readonly<Record<string, boolean>>): Look =>
    (path) =>
      there[path] === undefined ? undefined : { isWritable: there[path] };

  it.each([
    ['the one that has a kubeconfig', { [String.raw`H:\net\.kube\config`]: false }, String.raw`H:\net`],
    [
      'else the first that may be written',
      { 'C:\\msys\\home': false, 'C:\\Users\\me': true },
      'C:\\Users\\me',
    ],
    ['else the first that is there', { [String.raw`H:\net`]: false }, String.raw`H:\net`],
    ['else the first that is named', {}, String.raw`C:\msys\home`],
  ] as const)('kubectl’s home on Windows is, of three folders, %s', (_, there, home) => {
    expect(kubectlHome(environment, 'win32', at(there))).toBe(home);
  });

  it('kubectl’s home elsewhere is $HOME, and its kubeconfig there unless $KUBECONFIG names others', () => {
    expect(usualKubeconfigs({ HOME: '/home/me' }, 'linux')).toEqual(['/home/me/.kube/config']);
    expect(usualKubeconfigs({ HOME: '/Users/me', KUBECONFIG: '/a:/b:/a' }, 'darwin')).toEqual(['/a', '/b']);
    expect(usualKubeconfigs({ USERPROFILE: 'Q:\\nobody' }, 'win32')).toEqual([
      String.raw`Q:\nobody\.kube\config`,
    ]);
    expect(usualKubeconfigs({ KUBECONFIG: 'C:\\a;C:\\b' }, 'win32')).toEqual(['C:\\a', 'C:\\b']);
  });

  it('a program is looked for in the folders of PATH, however it is spelled on Windows, and there by its endings', () => {
    expect(programFolders({ PATH: '/bin:here:/usr/bin' }, 'linux')).toEqual(['/bin', '/usr/bin']);
    expect(programFolders({ pAtH: 'C:\\bin;here;"D:\\a;b"' }, 'win32')).toEqual(['C:\\bin', 'D:\\a;b']);
    expect(programEndings('kubectl', {}, 'darwin')).toEqual(['']);
    expect(programEndings('kubectl', {}, 'win32')).toEqual(['.com', '.exe', '.bat', '.cmd']);
    expect(programEndings('kubectl', { PATHEXT: '.EXE;.PS1' }, 'win32')).toEqual(['.exe', '.ps1']);
    expect(programEndings('kubectl.EXE', {}, 'win32')).toEqual(['']);
  });

  it.each([
    ['linux', '/home/me/a.kubeconfig', '/home/me/a.kubeconfig'],
    ['darwin', "it's mine", String.raw`'it'\''s mine'`],
    ['win32', String.raw`C:\Users\My Name\k`, String.raw`"C:\Users\My Name\k"`],
    ['win32', 'a"b & c', '"ab & c"'],
  ] as const)('on %s %s is one word of a command line', (system, text, word) => {
    expect(shellWord(text, system)).toBe(word);
  });
});

describe('for the scripts', () => {
  it('npm has a Node for each system, macOS on ARM included', () => {
    const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly optionalDependencies: Readonly<Record<string, string>>;
    };
    const machines = [
      ['x64', 'linux'],
      ['arm64', 'linux'],
      ['x64', 'win32'],
      ['x64', 'darwin'],
      ['arm64', 'darwin'],
    ] as const;
    for (const [arch, system] of machines) {
      const found = nodePackages(arch, system).filter((name) => optionalDependencies[name] !== undefined);
      expect(found, `${system} ${arch}`).toHaveLength(1);
    }
    expect(programNamed('node', 'win32')).toBe('node.exe');
    expect(programNamed('node', 'darwin')).toBe('node');
  });

  it('the cache is where systems have it', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/c' }, '/home/me', 'linux')).toBe('/c');
    expect(cacheFolder({}, '/home/me', 'linux')).toBe('/home/me/.cache');
    expect(cacheFolder({}, '/Users/me', 'darwin')).toBe('/Users/me/Library/Caches');
    expect(cacheFolder({ LOCALAPPDATA: 'L:\\x' }, 'C:\\Users\\me', 'win32')).toBe('L:\\x');
    expect(cacheFolder({}, 'C:\\Users\\me', 'win32')).toBe('C:\\Users\\me\\AppData\\Local');
  });

  it('envtest’s store is where setup-envtest has it on each', () => {
    expect(envtestFolder({}, '/home/me', 'linux')).toBe('/home/me/.local/share/kubebuilder-envtest/k8s');
    expect(envtestFolder({ XDG_DATA_HOME: '/d' }, '/home/me', 'linux')).toBe('/d/kubebuilder-envtest/k8s');
    expect(envtestFolder({}, '/Users/me', 'darwin')).toBe(
      '/Users/me/Library/Application Support/io.kubebuilder.envtest/k8s',
    );
    expect(envtestFolder({ LOCALAPPDATA: 'L:\\x' }, 'C:\\Users\\me', 'win32')).toBe(
      'L:\\x\\kubebuilder-envtest\\k8s',
    );
  });

  it('the person’s own browser opens where there is a screen for it', () => {
    expect(openerOf('http://a', {}, 'linux')).toBeUndefined();
    expect(openerOf('http://a', { DISPLAY: ':0' }, 'linux')).toEqual(['xdg-open', 'http://a']);
    expect(openerOf('http://a', { DISPLAY: ':0', SSH_CONNECTION: '1' }, 'linux')).toBeUndefined();
    expect(openerOf('http://a', {}, 'darwin')).toEqual(['open', 'http://a']);
    expect(openerOf('http://a', {}, 'win32')?.[0]).toBe('rundll32');
  });

  it('a browser is looked for where each system has them', () => {
    expect(installedBrowsers({}, 'darwin')[0]).toContain('/Applications/Google Chrome.app');
    expect(installedBrowsers({ PATH: '/bin' }, 'linux')).toContain('/bin/chromium');
    expect(installedBrowsers({ ProgramFiles: 'P:\\f' }, 'win32')).toEqual([
      'P:\\f\\Google\\Chrome\\Application\\chrome.exe',
      'P:\\f\\Microsoft\\Edge\\Application\\msedge.exe',
    ]);
  });
});
