/**
 * What the thread that reads audit logs may take, in MB. What was read is forgotten at once: more room for it would only be
 * filled; and a log that is made to fill the memory ends the thread, and nothing else.
 */
export const AUDIT_LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 } as const;
