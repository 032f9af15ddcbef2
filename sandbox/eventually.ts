/** How long is waited, in seconds, and how long between two looks, in milliseconds: a busy machine takes its time. */
const PATIENCE = 45;
const PAUSE = 50;

/**
 * Asks until there is an answer: neither undefined nor false nor an empty text.
 *
 * @throws Error where there is none in that time: it says what was waited for, and what was `seen` instead.
 */
export async function eventually<T>(
  what: string,
  ask: () => T | Promise<T>,
  seen?: () => unknown,
): Promise<Exclude<T, undefined | false | ''>> {
  for (const deadline = Date.now() + PATIENCE * 1000; ;) {
    const answer = await ask();
    if (isAnswer(answer)) return answer;
    if (Date.now() > deadline)
      throw new Error(`Waited ${PATIENCE} s for ${what}. ${seen ? JSON.stringify(seen()) : ''}`.trim());
    // No timers of Node: web tests wait too.
    await new Promise((resolve) => {
      setTimeout(resolve, PAUSE);
    });
  }
}

function isAnswer<T>(answer: T): answer is Exclude<T, undefined | false | ''> {
  return answer !== undefined && answer !== false && answer !== '';
}
