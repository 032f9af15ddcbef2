/** Builds the programs of the control plane once, or finds them, before several suites need them at the same time. */
import { controlPlaneProgram } from '../sandbox/binaries.ts';

for (const name of ['kube-apiserver', 'kube-controller-manager', 'kubectl'] as const) {
  await controlPlaneProgram(name, { report: (line) => void process.stdout.write(`${line}\n`) });
}
