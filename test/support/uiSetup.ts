/** Packages the extension once, as users install it; tests get the path by `inject('vsix')`. */
import type { TestProject } from 'vitest/node';
import { packageExtension } from '../../scripts/package.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    vsix: string;
  }
}

export async function setup(project: TestProject): Promise<void> {
  project.provide('vsix', await packageExtension());
}
