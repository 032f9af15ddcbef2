import { sentInstead } from '../../authentication/explainSent.ts';
import { offlineEvidence, type Sent } from '../../authentication/evidence.ts';
import type { Cluster } from '../../cluster/api/cluster.ts';
import type { Agreement } from '../../cluster/api/contexts.ts';
import { words, type Words } from '../../harmless.ts';
import { destinationInWords } from '../../kubeconfig/sameDestination.ts';
import { ask } from '../workbench/say.ts';
import type { Explained } from './explained.ts';

/** What a subject's kubeconfig sends that is no token; undefined where a token is explained. */
export function insteadOf({ credential, known }: Explained): Sent | undefined {
  return sentInstead(offlineEvidence(credential, known));
}

/** Asks whether what a subject sends may be sent to its server, to hear the server's own word; undefined where it may not. */
export async function agreementToSend(cluster: Cluster, subject: Explained): Promise<Agreement | undefined> {
  const instead = insteadOf(subject);
  const { context, endpoint } = cluster;
  const to = words`It is sent to ${destinationInWords(endpoint)} (context ${context.name}), and to nobody else`;
  if (instead) {
    const agreed = { terms: cluster.termsToShow(instead) };
    const what = WHAT[instead.kind] ?? words`what this kubeconfig sends`;
    const send = 'Ask as This Kubeconfig';
    const detail = words`${to}, with the kubeconfig’s own SelfSubjectReview. Show a credential only to the cluster that it belongs to.`;
    const question = words`Show ${what} to the server, to hear its own word?`;
    return (await ask({ question, detail, first: 'Don’t Ask', acts: [send] })) === send ? agreed : undefined;
  }
  const agreed = { terms: cluster.termsToSend(subject.credential) };
  const send = 'Send Token';
  const detail = words`${to}, as a TokenReview or, where you may not make one, as the token's own SelfSubjectReview. Where that is refused without a reason, a token of 10 minutes is requested for the same ServiceAccount, to compare audiences, and dropped. Send a token only to the cluster that it belongs to.`;
  const question = words`Send this token to the server, to hear its own word?`;
  return (await ask({ question, detail, first: 'Don’t Send', acts: [send] })) === send ? agreed : undefined;
}

const WHAT: Readonly<Partial<Record<Sent['kind'], Words>>> = {
  certificate: words`this client certificate`,
  basic: words`this user name and password`,
};
