/** All of the inspector, loaded when it is first used. */
export { clipboardSubject, subjectOf } from '../explain/subject.ts';
export { openInspector, restoreInspector } from './panel.ts';
