/** What the view of the workspace's tokens needs from its first scan on. */
export { FileMarks } from './fileMarks.ts';
export { ScanRows } from './rows.ts';
export { scanWorkspace } from './scan.ts';
