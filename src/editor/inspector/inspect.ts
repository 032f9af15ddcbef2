/** All of the inspector, loaded when it is first used. */
export { explainClipboard, explainedOf } from '../explain/find.ts';
export { openInspector, restoreInspector } from './panel.ts';
