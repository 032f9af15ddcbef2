import type { Evidence, Sent } from '../authentication/evidence.ts';
import { sentInstead } from '../authentication/explainSent.ts';
import type { TokenView } from './protocol.ts';

const KINDS: Readonly<Record<Sent['kind'], string>> = {
  certificate: 'Client certificate',
  basic: 'User name and password',
  nothing: 'No credential',
  token: 'What a program gives',
};

/** What is sent, or would be, within a sentence. */
export function whatIsSent(sent: Sent | undefined): string {
  switch (sent?.kind) {
    case 'certificate':
      return 'client certificate';
    case 'basic':
      return 'password';
    case 'nothing':
      return 'request without a credential';
    case 'token':
      return 'credential';
    case undefined:
      return 'token';
  }
}

/** What a kubeconfig sends that is no token, in place of what a token says; nothing where a token is explained. */
export function aboutSent(evidence: Evidence): Partial<TokenView> {
  const sent = sentInstead(evidence);
  if (!sent) return {};
  const { kind, certificate } = sent;
  if (!certificate) return { kind: KINDS[kind], owner: '' };
  const { commonName, notBefore, notAfter } = certificate;
  return {
    kind: KINDS[kind],
    owner: commonName ?? 'nobody',
    moments: [
      { label: 'Not before', at: notBefore },
      { label: 'Expires', at: notAfter },
    ],
    lives: [{ label: 'Certificate', from: notBefore, to: notAfter, state: 'token' }],
  };
}

/** Whether the server can be shown what is sent that is no token: nothing needs no yes, and what was not got cannot be. */
export function canBeShown({ kind, isThisToken }: Sent): boolean {
  return isThisToken !== undefined && (kind === 'certificate' || kind === 'basic');
}
