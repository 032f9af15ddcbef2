/** Builds the programs of the control plane once, or finds them, before several suites need them at the same time. */
import { controlPlaneBinaries } from '../sandbox/binaries.ts';

await controlPlaneBinaries({ report: (line) => void process.stdout.write(`${line}\n`) });
