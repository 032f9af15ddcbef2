import { afterEach, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { askInTurn, type Asker } from '../../src/editor/workbench/ask.ts';
import { Wizard } from '../../src/editor/workbench/wizard.ts';
import { Problem } from '../../src/errors.ts';

const services = { log: vscode.window.createOutputChannel('wizards', { log: true }) };
const TITLE = 'A Wizard';

/** Asks for a text, and notes what was taken. */
const text =
  (proposed: string, taken: string[]) =>
  async (ask: Asker): Promise<void> => {
    taken.push(await ask.input({ prompt: 'A text', value: proposed, check: () => undefined }));
  };

/** Presses Enter in the question that is open, for as long as the wizard goes on. */
async function enterUntil(done: Promise<unknown>): Promise<void> {
  const progress = { isDone: false };
  const ended = done.finally(() => {
    progress.isDone = true;
  });
  ended.catch(() => undefined);
  for (let presses = 0; !progress.isDone && presses < 500; presses += 1) {
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    await sleep(100);
  }
  await ended;
}

describe('a wizard', function () {
  this.timeout(60_000);
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  it('asks the question before again, with its answer, where a later step fails', async () => {
    const [first, second]: [string[], string[]] = [[], []];
    let looks = 0;
    await enterUntil(
      askInTurn(
        TITLE,
        [
          text('one', first),
          text('two', second),
          () => {
            looks += 1;
            if (looks === 1) throw new Problem('refused', 'It cannot be written there.');
          },
        ],
        { services, act: async () => await Promise.resolve() },
      ),
    );
    assert.equal(looks, 2);
    assert.deepEqual(second, ['two', 'two']);
    assert.deepEqual(first, ['one']);
  });

  it('does so where its end fails, but for what would be done twice', async () => {
    for (const isFinal of [false, true]) {
      const asked: string[] = [];
      let acts = 0;
      const done = askInTurn(TITLE, [text('one', asked)], {
        services,
        isFinal: () => isFinal,
        act: async () => {
          acts += 1;
          if (acts === 1) throw new Problem('refused', 'It failed.');
          await Promise.resolve();
        },
      });
      if (isFinal) await assert.rejects(enterUntil(done), /It failed/);
      else await enterUntil(done);
      assert.equal(acts, isFinal ? 1 : 2);
      assert.equal(asked.length, isFinal ? 1 : 2);
    }
  });

  it('has its answers as a value that grows, without what was answered before a question is asked again', async () => {
    const seen: object[] = [];
    const asks = async (ask: Asker, value: string): Promise<string> =>
      await ask.input({ prompt: 'A text', value, check: () => undefined });
    let twos = 0;
    const wizard = Wizard.titled(TITLE)
      .step(async (ask) => ({ one: await asks(ask, 'one') }))
      .step((_, { one }) => ({ known: one.length }))
      .step(async (ask, answers) => {
        seen.push(answers);
        twos += 1;
        return { two: await asks(ask, `two ${twos}`) };
      });
    const acted: object[] = [];
    const result = wizard.run({
      services,
      act: async (answers) => {
        acted.push(answers);
        if (acted.length === 1) throw new Problem('refused', 'It failed.');
        return await Promise.resolve(answers.two.length);
      },
    });
    await enterUntil(result);
    assert.deepEqual(seen, [
      { one: 'one', known: 3 },
      { one: 'one', known: 3 },
    ]);
    // What was typed stands in the field again.
    assert.deepEqual(acted, [
      { one: 'one', known: 3, two: 'two 1' },
      { one: 'one', known: 3, two: 'two 1' },
    ]);
    assert.equal(await result, 5);
  });

  it('ends where a defect of ours is thrown, or nothing was asked before', async () => {
    const asked: string[] = [];
    const fails = (why: Error) => ({
      services,
      act: async () => await Promise.reject<undefined>(why),
    });
    const step = text('one', asked);
    await assert.rejects(enterUntil(askInTurn(TITLE, [step], fails(new Error('ours')))), /ours/);
    await assert.rejects(
      askInTurn(TITLE, [], fails(new Problem('refused', 'nothing asked'))),
      /nothing asked/,
    );
    assert.deepEqual(asked, ['one']);
  });
});
