/** What an editor loads with the first file in which something can be outdated. */
export { findOutdated } from './find.ts';
export { besideOf, type Beside } from './kustomize.ts';
export { linesIn } from './foundLines.ts';
export { printed } from './printed.ts';
