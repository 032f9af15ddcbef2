import type { Token } from '../token/classify.ts';
import { certificateExhibits, checkCertificateTime } from './certificateChecks.ts';
import { serversVerdict, UNNAMED, userInWords, type Evidence, type Sent } from './evidence.ts';
import { cannotTell, exhibit, failed, passed, suspected, type Exhibit, type Finding } from './step.ts';

/** Judges which entries of the kubeconfig take effect, and whether they lead anywhere. */
export function checkEntry({ entry }: Evidence): Finding {
  if (!entry?.known) {
    return cannotTell('The kubeconfig could not be followed', entry ?? '', ['another-credential']);
  }
  const { context, cluster, server, user, problem, shadowed } = entry.value;
  const exhibits = [
    exhibit('context', context, entry.origin),
    exhibit(`cluster “${cluster}”`, server, entry.origin),
    exhibit('user', user === '' ? undefined : user, entry.origin),
    ...shadowed.map((one) => exhibit('passed over', one, entry.origin)),
  ];
  if (problem !== undefined) {
    return failed('another-credential', problem, 'none: no such request is made', ...exhibits);
  }
  const finding = `Context “${context}” sends user “${user}” to ${server}.`;
  return passed(
    shadowed.length === 0 ? finding : `${finding} An entry of the same name in a later file does not count.`,
    ...exhibits,
  );
}

/** Judges what the client really sends: nothing, another credential, or a certificate beside the token. */
export function checkSent(evidence: Evidence, token: Token | undefined, now: number): Finding {
  const { sent, whoAmIAsSent } = evidence;
  if (!sent?.known) {
    return cannotTell('What the client sends is not known', sent ?? '', ['another-credential']);
  }
  const { kind, source, isThisToken, hasClientCertificate, passedOver } = sent.value;
  const exhibits = [
    exhibit('credential', source, sent.origin),
    ...passedOver.map((one) => exhibit('passed over', one, sent.origin)),
  ];
  switch (kind) {
    case 'nothing':
      return failed('no-token', `No credential is sent: ${source}.`, ANONYMOUS_REQUEST, ...exhibits);
    case 'basic':
      return failed('another-credential', `${PASSWORD}.`, ANONYMOUS_REQUEST, ...exhibits);
    case 'certificate':
      return failed(
        'another-credential',
        'A client certificate is sent, and no token.',
        'none: no token was sent',
        ...exhibits,
      );
    case 'token':
  }
  if (isThisToken === undefined) {
    const finding = 'The credential that is sent could not be read';
    return cannotTell(finding, sent, ['another-credential'], ...exhibits);
  }
  if (!isThisToken) {
    const finding = `Another credential is sent: ${source}.`;
    return failed('another-credential', finding, 'that of the other credential', ...exhibits);
  }
  if (!hasClientCertificate) return passed(`This token is what is sent (${source}).`, ...exhibits);
  if (!whoAmIAsSent.known) {
    const refused = refusalOfCertificate(evidence, now);
    if (refused) {
      const finding = `The client certificate beside it is refused, and the token counts: ${refused.finding}`;
      return passed(finding, ...exhibits, ...refused.exhibits);
    }
    return cannotTell(
      'A client certificate is sent beside the token: where the server accepts it, the token is never looked at',
      whoAmIAsSent,
      ['another-credential'],
      ...exhibits,
    );
  }
  const { value, origin } = whoAmIAsSent;
  const shown = exhibit('user by certificate and token', userInWords(value) ?? '401 Unauthorized', origin);
  if (value === undefined) {
    return passed('The client certificate beside it is not accepted: the token counts.', ...exhibits, shown);
  }
  if (token && token.kind !== 'other' && value === userNameOf(token)) {
    return passed('The server takes the sender for the token’s ServiceAccount.', ...exhibits, shown);
  }
  if (value === UNNAMED) return acceptedUnnamed(evidence, [...exhibits, shown]);
  return failed(
    'another-credential',
    `The client certificate beside it is accepted as ${value}: the token is never looked at.`,
    CERTIFICATE_FIRST,
    ...exhibits,
    shown,
  );
}

/** Where the sender of a token and a certificate is accepted and not named: by which, the token alone tells if it is refused. */
function acceptedUnnamed(evidence: Evidence, exhibits: readonly Exhibit[]): Finding {
  return serversVerdict(evidence) === 'refused'
    ? failed(
        'another-credential',
        'The client certificate beside it is accepted, as the server refuses the token alone: the token is never looked at.',
        CERTIFICATE_FIRST,
        ...exhibits,
      )
    : cannotTell(
        'The server accepts the sender, and does not say whether for the client certificate beside the token or for the token',
        '',
        ['another-credential'],
        ...exhibits,
      );
}

const CERTIFICATE_FIRST = 'none: the certificate is judged first';

/** Why the server is known to refuse a certificate beside a token: by its own clock. */
function refusalOfCertificate(evidence: Evidence, now: number): Finding | undefined {
  const certificate = evidence.sent?.known === true ? evidence.sent.value.certificate : undefined;
  if (!certificate || !evidence.serverTime.known) return undefined;
  const found = checkCertificateTime(evidence, certificate, now);
  return found.state === 'failed' ? found : undefined;
}

/** Judges what a kubeconfig sends that is not known to send a token. */
export function checkInstead({ gateway, entry }: Evidence, sent: Sent, origin: string): Finding {
  const { kind, source, isThisToken, certificate, passedOver } = sent;
  const exhibits = [
    exhibit('credential', source, origin),
    ...passedOver.map((one) => exhibit('passed over', one, origin)),
  ];
  if (kind === 'certificate' && certificate) {
    return passed(
      `A client certificate is sent, and no token (${source}).`,
      ...exhibits,
      ...certificateExhibits(certificate),
    );
  }
  if (kind === 'nothing' || kind === 'basic') {
    const finding = kind === 'basic' ? PASSWORD : `No credential is sent: ${source}`;
    // What stands before an API server, as kubectl proxy, may do with a password or with nothing.
    const mayBeTaken =
      kind === 'basic' ? !gateway.known : entry?.known === true && !/^https:/i.test(entry.value.server);
    return mayBeTaken
      ? suspected(
          cannotTell(finding, '', kind === 'basic' ? ['no-token', 'gateway'] : ['no-token'], ...exhibits),
        )
      : failed('no-token', `${finding}.`, ANONYMOUS_REQUEST, ...exhibits);
  }
  const finding =
    isThisToken === undefined
      ? 'Its program was not run, and what it gives is not known'
      : 'The credential that is sent could not be read';
  return cannotTell(finding, '', ['another-credential'], ...exhibits);
}

const PASSWORD =
  'A user name and a password are sent, which no API server since 1.19 looks at: to it the request is anonymous';

const ANONYMOUS_REQUEST = 'none: the request is anonymous';

/** Judges who answers: an API server says Status, a gateway or a login page something else. */
export function checkAnswers({ gateway }: Evidence): Finding {
  if (!gateway.known) return cannotTell('Who answers is not known', gateway, ['gateway']);
  return gateway.value === undefined
    ? passed('A Kubernetes API server answers.', exhibit('answered', 'in the API’s own form', gateway.origin))
    : failed(
        'gateway',
        'Something that is no API server answered in its place.',
        'none: it was not asked',
        exhibit('answered by', gateway.value, gateway.origin),
      );
}

/** The name under which the API server knows a token's bearer (k8s.io/apiserver pkg/authentication/serviceaccount/util.go). */
export function userNameOf({ namespace, serviceAccount }: Exclude<Token, { kind: 'other' }>): string {
  return `system:serviceaccount:${namespace}:${serviceAccount}`;
}
