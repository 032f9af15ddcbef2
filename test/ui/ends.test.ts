import { execFile } from 'node:child_process';
import { mkdir, readFile, rmdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Example } from '../../sandbox/example.ts';
import { Keyboard } from '../support/ui/keyboard.ts';
import { openExample, type OpenedExample } from '../support/ui/openedExample.ts';
import type { Workbench } from '../support/ui/workbench.ts';

const run = promisify(execFile);

let example: Example;
let close: OpenedExample['close'];
let workbench: Workbench;
let keys: Keyboard;

beforeAll(async () => {
  ({ example, workbench, close } = await openExample({
    before: async ({ editor, workspace }) => {
      await run('git', ['-C', workspace, 'init', '-q']);
      await run('git', ['-C', workspace, 'add', '.']);
      const outside = join(editor.folder, 'outside');
      await mkdir(outside);
      await symlink(outside, join(workspace, 'linked'));
    },
  }));
  keys = await Keyboard.open(workbench);
});
afterAll(async () => {
  await close?.();
});
afterEach(async ({ task }) => {
  await keys.leaveAfter(task, 'ends');
});

const path = (name: string): string => join(example.workspace, name);
const text = async (name: string): Promise<string> => await readFile(path(name), 'utf8');

describe('a question of a wizard', () => {
  it('has the caret behind what is to be gone on with, and a number', async () => {
    await keys.start('Request Token…');
    await workbench.page
      .locator('.quick-input-title')
      .filter({ hasText: /Request Token.*1/ })
      .waitFor();
    await keys.pick('Type a Name');
    await keys.question('as namespace/name').waitFor();
    await workbench.page.keyboard.type('deployer');
    expect(await keys.input().inputValue()).toMatch(/\/deployer$/);
    await workbench.picture('ends-1-caret');
    await keys.cancel();
  });

  it('says that nothing is ticked where Enter is pressed all the same', async () => {
    await keys.start('Scaffold Token Secret…');
    await keys.pick('Several…');
    await workbench.option('deployer').waitFor();
    await keys.press('Enter');
    await workbench.page.locator('.quick-input-title').filter({ hasText: 'nothing is ticked' }).waitFor();
    await keys.cancel();
    expect(await keys.question('nothing is ticked').isVisible()).toBe(false);
  });

  it('remembers no life that was only thought of', async () => {
    const walk = async (): Promise<void> => {
      await keys.start('Request Token…');
      await keys.pick('deployer');
      await keys.pick('The API Server');
      await keys.pick('Nothing');
      await workbench.option('30 days').waitFor();
    };
    await walk();
    expect(await keys.question('last used here').count()).toBe(0);
    await keys.pick('30 days');
    await workbench.option('To the Clipboard').waitFor();
    await keys.cancel();
    await walk();
    expect(await keys.question('last used here').count()).toBe(0);
    await keys.cancel();
  });
});

describe('the end of a wizard', () => {
  const start = async (kind: string): Promise<void> => {
    await keys.start('Generate Kubeconfig…');
    await keys.pick('deployer');
    await keys.pick(kind);
    await keys.pick('1 hour');
    await keys.pick('A New File in the Workspace');
    await keys.question('The file to write').waitFor();
  };

  it('judges a path under its field, before anything else is done', async () => {
    await start('For a Time…');
    await keys.input().fill('host/etc/cni/net.d/mycontroller.kubeconfig');
    await keys.question('git tracks host/etc/cni/net.d/mycontroller.kubeconfig').waitFor();
    await workbench.picture('ends-2-tracked');
    await keys.press('Enter');
    await keys.question('git tracks host/etc/cni/net.d/mycontroller.kubeconfig').waitFor(); // It is not taken.
    expect(await keys.input().inputValue()).toBe('host/etc/cni/net.d/mycontroller.kubeconfig');
    await keys.input().fill('linked/out.kubeconfig');
    await keys.question('is a symbolic link to').waitFor();
    await keys.input().fill('linked');
    await keys.question('symbolic link').waitFor();
    expect(await workbench.page.locator('.notification-list-item').count()).toBe(0);
    await keys.cancel();
  });

  it('asks for the path again, as it was typed, where the file cannot be written after all', async () => {
    await start('For a Time…');
    await workbench.answer(/The file to write/, 'late.kubeconfig');
    await workbench.option('.gitignore').waitFor();
    await mkdir(path('late.kubeconfig'));
    await keys.pick('.gitignore');
    const typed = async (): Promise<string> => await keys.input().inputValue();
    await expect.poll(typed, { timeout: 30_000 }).toBe('late.kubeconfig');
    await workbench.told('late.kubeconfig');
    await workbench.picture('ends-2-late');
    await keys.cancel();
    await rmdir(path('late.kubeconfig'));
    await workbench.closeNotifications();
  });

  it('names the context, and replaces a file under the name that its context has', async () => {
    await start('For a Time…');
    await workbench.answer(/The file to write/, 'new.kubeconfig'); // Where git ignores it was asked once, above.
    const told = await workbench.told(/Works: \S*new\.kubeconfig\./);
    await told.getByRole('button', { name: 'Copy kubectl Command' }).click();
    await expect
      .poll(async () => await workbench.clipboard(), { timeout: 30_000 })
      .toBe(`kubectl --kubeconfig ${path('new.kubeconfig')} --context ci/deployer@sandbox auth whoami`);
    await run('sed', ['-i', 's#ci/deployer@sandbox#mine#', path('new.kubeconfig')]);
    await workbench.closeNotifications();
    await start('For a Time…');
    await keys.input().fill('new.kubeconfig');
    await keys.question('new.kubeconfig exists already').waitFor();
    await keys.press('Enter');
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.getByRole('button', { name: 'Replace', exact: true }).click();
    await workbench.told(/Works: \S*new\.kubeconfig\./);
    expect(await text('new.kubeconfig')).toContain('current-context: mine');
    await workbench.closeNotifications();
  });
});

describe('what is to be moved off', () => {
  it('says how old each is, since when uses are noted and which file here has it, and never to delete it', async () => {
    await keys.start('Move Off Legacy Tokens…');
    const secret = workbench.option('ci/deployer-token');
    await secret.waitFor();
    const said = await secret.innerText();
    expect(said).toMatch(/made 20\d\d-\d\d-\d\d · no use recorded since 20\d\d-\d\d-\d\d/);
    expect(said).toContain('in 1 file here');
    expect(said).toContain('Put another credential into several-tokens.env first');
    expect(said).not.toMatch(/[Dd]elete/);
    await workbench.inBothThemes('ends-3-move-off');
    await keys.cancel();
  });
});
