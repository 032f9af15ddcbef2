/** Starts a control plane, says where, and stays: for the test that kills it. */
import { startControlPlane } from '../../../sandbox/controlPlane.ts';

const { folder, server } = await startControlPlane();
process.stdout.write(`${JSON.stringify({ folder, server })}\n`);
