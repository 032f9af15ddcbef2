/**
 * What the thread that reads audit logs may take, in MB, and what it may where that was not enough. What was read is
 * forgotten at once: more room for it would only be filled. Few logs tell of so much that the first does not do; one that
 * is made to fill the memory ends the thread, and nothing else.
 */
export const AUDIT_LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 } as const;
export const MORE_LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 512 } as const;

/** Whether a thread has ended as it needed more than it may take. */
export const isOutOfMemory = (error: Error): boolean =>
  'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
