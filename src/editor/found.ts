/** What is done with a token once one was found: what every activation loads has no more of it than how to find one. */
export { registerBeside } from './beside/beside.ts';
export { copyClaims, copyClaimsAsYaml, copySummary, showClaims } from './hover/copy.ts';
export { hoverOf } from './hover/hover.ts';
export { render } from './hover/render.ts';
export { fixesFor } from './problems/fixes.ts';
export { registerProblems } from './problems/problems.ts';
