/** What came of the suites of an extension host. */
export interface HostReport {
  readonly passed: readonly string[];
  readonly failed: readonly { readonly title: string; readonly error: string }[];
}

/** What an editor is told of that never read its workspace file: it says nothing of what is tested. */
export const NO_FOLDERS = 'The editor has not read its workspace file.';

/** What Node's mocha and the browser's have in common. */
interface Suites {
  run(done: () => void): {
    on(event: 'pass', listener: (test: Test) => void): unknown;
    on(event: 'fail', listener: (test: Test, error: Error) => void): unknown;
  };
}
interface Test {
  fullTitle(): string;
}

/** Runs the suites that `load` returns. Never throws: suites that cannot be loaded are a failure of the report. */
export async function reportOf(load: () => Suites): Promise<HostReport> {
  const passed: string[] = [];
  const failed: { title: string; error: string }[] = [];
  try {
    await new Promise<void>((resolve) => {
      const running = load().run(resolve);
      running.on('pass', (test) => passed.push(test.fullTitle()));
      running.on('fail', (test, error) => {
        failed.push({ title: test.fullTitle(), error: error.stack ?? error.message });
      });
    });
  } catch (error) {
    failed.push({ title: 'The suites could be loaded', error: String(error) });
  }
  return { passed, failed };
}
