import { beforeAll, expect, it } from 'vitest';
import { verifySignature } from '../../../src/authentication/verifySignature.ts';
import { openForge, type Forge } from '../../support/texts/forgeries.ts';

let forge: Forge;
beforeAll(async () => {
  forge = await openForge();
});

it('verifies a good token of every kind that Kubernetes issues, with its own key alone', async () => {
  for (const token of forge.good) {
    const verdict = await verifySignature(token, forge.keys);
    expect(verdict.state).toBe('verified');
  }
});

it('verifies no forged token (npm run bench -- 16 tries ten thousand)', async () => {
  for (let number = 0; number < 480; number++) {
    const { kind, token } = await forge.forgery(number);
    const { state } = await verifySignature(token, forge.keys);
    expect([kind, number, state]).not.toEqual([kind, number, 'verified']);
  }
});
