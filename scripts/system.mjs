// What differs between Windows, macOS and Linux for scripts, sandbox and tests: nothing else of theirs asks which of them
// this is, but tests that leave out what a system has not. Each rule takes the system as an argument. Plain JavaScript, as
// run.mjs needs it before there is a Node that knows TypeScript; its types are in system.d.mts.
import { posix, win32 } from 'node:path';

export const isWindows = (system = process.platform) => system === 'win32';
export const isLinux = (system = process.platform) => system === 'linux';

export const programNamed = (name, system = process.platform) => (isWindows(system) ? `${name}.exe` : name);

export function nodePackages(arch = process.arch, system = process.platform) {
  const name = `node-${isWindows(system) ? 'win' : system}-${arch}`;
  return system === 'darwin' ? [name, `node-bin-darwin-${arch}`] : [name];
}

export function cacheFolder(environment, home, system = process.platform) {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  if (XDG_CACHE_HOME !== undefined && XDG_CACHE_HOME !== '') return XDG_CACHE_HOME;
  if (isWindows(system)) return LOCALAPPDATA ?? win32.join(home, 'AppData', 'Local');
  return system === 'darwin' ? posix.join(home, 'Library', 'Caches') : posix.join(home, '.cache');
}

export function envtestFolder(environment, home, system = process.platform) {
  const { XDG_DATA_HOME, LOCALAPPDATA } = environment;
  if (system === 'darwin') {
    return posix.join(home, 'Library', 'Application Support', 'io.kubebuilder.envtest', 'k8s');
  }
  if (isWindows(system)) {
    return win32.join(LOCALAPPDATA ?? win32.join(home, 'AppData', 'Local'), 'kubebuilder-envtest', 'k8s');
  }
  const data =
    XDG_DATA_HOME === undefined || XDG_DATA_HOME === '' ? posix.join(home, '.local', 'share') : XDG_DATA_HOME;
  return posix.join(data, 'kubebuilder-envtest', 'k8s');
}

export function installedBrowsers(environment, system = process.platform) {
  if (system === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (isWindows(system)) {
    const programs = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'];
    return ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA']
      .map((variable) => environment[variable])
      .filter((folder) => folder !== undefined && folder !== '')
      .flatMap((folder) => programs.map((program) => win32.join(folder, program)));
  }
  const programs = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser'];
  return (environment['PATH'] ?? '')
    .split(':')
    .flatMap((folder) => programs.map((program) => posix.join(folder, program)));
}

export function openerOf(url, environment, system = process.platform) {
  const isFarAway = environment['SSH_CONNECTION'] !== undefined || environment['CI'] !== undefined;
  const hasScreen =
    system !== 'linux' || (environment['DISPLAY'] ?? environment['WAYLAND_DISPLAY']) !== undefined;
  if (isFarAway || !hasScreen) return undefined;
  if (system === 'darwin') return ['open', url];
  return isWindows(system) ? ['rundll32', 'url.dll,FileProtocolHandler', url] : ['xdg-open', url];
}
