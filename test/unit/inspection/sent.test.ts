import { describe, expect, it } from 'vitest';
import { known, offlineEvidence, type Evidence, type Sent } from '../../../src/authentication/evidence.ts';
import { explainAuthentication } from '../../../src/authentication/explain.ts';
import { inspectorModel } from '../../../src/inspection/inspectorModel.ts';
import type { InspectorModel } from '../../../src/inspection/protocol.ts';

const NOW = 1_800_000_000;
const certificate = {
  commonName: 'jane',
  organizations: ['team'],
  issuer: 'kubernetes',
  notBefore: NOW - 3600,
  notAfter: NOW + 86_400,
  isAuthority: false,
  isForClients: true,
  fingerprint: 'f',
};

async function modelOf(sent: Partial<Sent>, more: Partial<Evidence> = {}): Promise<InspectorModel> {
  const whole: Sent = {
    kind: 'certificate',
    source: 'user “jane”',
    isThisToken: true,
    hasClientCertificate: false,
    passedOver: [],
    ...sent,
  };
  const evidence = { ...offlineEvidence('', { sent: known(whole, 'the kubeconfig') }), ...more };
  const state = { name: 'x', now: NOW, isBusy: false } as Parameters<typeof inspectorModel>[2];
  return inspectorModel(await explainAuthentication(evidence, NOW), evidence, state);
}

describe('the inspector of a kubeconfig that sends no token', () => {
  it('shows whose the client certificate is, its time, and that it can be asked for', async () => {
    const model = await modelOf({ certificate });
    expect(model).toMatchObject({
      kind: 'Client certificate',
      owner: 'jane',
      what: 'client certificate',
      canLook: true,
      canSend: true,
      wasSent: false,
    });
    expect(model.moments).toContainEqual({ label: 'Expires', at: certificate.notAfter });
  });

  it('has the server’s own word of it', async () => {
    const whoAmIAsSent = known('jane', 'SelfSubjectReview');
    expect(await modelOf({ certificate }, { whoAmIAsSent })).toMatchObject({
      outcome: 'accepted',
      serversWord: 'it is jane',
      wasSent: true,
    });
  });

  it('sends nothing, and says so, where nothing is sent', async () => {
    const whoAmIAsSent = known('system:anonymous', 'SelfSubjectReview');
    const model = await modelOf({ kind: 'nothing' }, { whoAmIAsSent });
    expect(model).toMatchObject({ kind: 'No credential', canSend: false, wasSent: false });
  });

  it('asks for no credential that was not got', async () => {
    const model = await modelOf({ kind: 'token', isThisToken: undefined });
    expect(model).toMatchObject({ outcome: 'cannot-tell', canSend: false });
  });
});
