type System = NodeJS.Platform;
type Environment = Readonly<Record<string, string | undefined>>;

/** Whether npm and what it installs are scripts that only a shell runs, and a copy of a program has an ending. */
export function isWindows(system?: System): boolean;

/** Whether it is the one system that npm carries a browser for. */
export function isLinux(system?: System): boolean;

/** The file of a program that was built or unpacked. */
export function programNamed(name: string, system?: System): string;

/** The packages of npm that may have Node for a system; the first that is there is taken. */
export function nodePackages(arch?: string, system?: System): readonly string[];

/** Where programs of this user keep what can be made again. */
export function cacheFolder(environment: Environment, home: string, system?: System): string;

/** Where setup-envtest keeps control planes, a folder for each version (controller-runtime, setup-envtest/store/helpers.go). */
export function envtestFolder(environment: Environment, home: string, system?: System): string;

/** Where Chrome, Chromium and Edge may be. */
export function installedBrowsers(environment: Environment, system?: System): readonly string[];

/** The command that opens an address in the person's own browser; undefined where there is no screen for it. */
export function openerOf(
  url: string,
  environment: Environment,
  system?: System,
): readonly [string, ...string[]] | undefined;
