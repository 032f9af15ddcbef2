import { Problem } from '../../errors.ts';
import { redact } from '../../redact.ts';
import type { ClusterAnswer, ClusterRequest } from '../api/cluster.ts';
import type { Need } from '../connect/answerProblems.ts';
import type { Server } from '../connect/server.ts';
import { text } from '../read/json.ts';

/** Sends a request that writes, and returns its answer; a refusal by admission control is told whole. */
export async function write(
  server: Server,
  request: ClusterRequest,
  need: Need,
  signal: AbortSignal,
): Promise<ClusterAnswer> {
  const answer = await server.ask(request, signal);
  if (answer.status >= 200 && answer.status <= 299) return answer;
  throw problemOfWrite(server, answer, need);
}

/** What it means that a write was refused. */
export function problemOfWrite(server: Server, answer: ClusterAnswer, need: Need): Problem {
  const message = redact(text(answer.body, 'message') ?? '');
  const { endpoint } = server.context;
  if (!isAdmission(answer.status, message)) return server.problemOf(answer, need);
  const object = `${need.resource} ${need.namespace ?? ''}/${need.name ?? ''}`;
  return new Problem('refused', `Admission control of ${endpoint.server} refuses ${object}: ${message}`);
}

/**
 * Whether a refusal is the word of admission control: RBAC names the user who cannot (kubernetes apiserver
 * pkg/endpoints/handlers/responsewriters, forbiddenMessage); admission says 403 for another reason, or 4xx in its own words.
 */
function isAdmission(status: number, message: string): boolean {
  if (message === '') return false;
  if (/admission webhook|ValidatingAdmissionPolicy|denied the request/.test(message)) return true;
  const behind = message.slice(/\bUser "/.exec(message)?.index ?? message.length).slice('User "'.length);
  return status === 403 && !/" cannot \S+ (?:resource|path)\b/.test(behind);
}
