import type { Cluster } from '../../../src/cluster/api/cluster.ts';
import type { Agreement, KubeconfigDocument } from '../../../src/cluster/api/contexts.ts';
import type { EvidenceOptions } from '../../../src/cluster/api/credentials.ts';
import { clusterAccess } from '../../../src/cluster/client.ts';

const yesTo = (terms: string | undefined): Agreement | undefined =>
  terms === undefined ? undefined : { terms };

/** Opens a context of a file as somebody who has agreed to all that it does now. */
export function openAgreed(file: string, context: string): Cluster {
  const source = { files: [file] };
  const info = clusterAccess.contexts(source).contexts.find(({ name }) => name === context);
  return clusterAccess.open({ ...source, context, agreed: yesTo(info?.terms) });
}

/** A document with an agreement to all that it does. */
export function agreedDocument(document: KubeconfigDocument): KubeconfigDocument {
  return { ...document, agreed: yesTo(clusterAccess.describe(document).terms) };
}

/** The agreement to send a credential to a cluster. */
export function sendingTo(cluster: Cluster, credential: string): Pick<EvidenceOptions, 'sendToken'> {
  return { sendToken: { terms: cluster.termsToSend(credential) } };
}
