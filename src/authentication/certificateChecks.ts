import type { Certificate } from '../kubeconfig/certificate.ts';
import { relativeTime } from '../token/relativeTime.ts';
import { serverClock } from './claimChecks.ts';
import type { Evidence } from './evidence.ts';
import {
  cannotTell,
  exhibit,
  failed,
  passed,
  suspected,
  timeInWords,
  type Exhibit,
  type Finding,
  type StepId,
} from './step.ts';

/** The API server's checks of a client certificate, in its own order (Go's crypto/x509 Verify; k8s.io/apiserver pkg/authentication/request/x509). */
export function certificateChecks(
  evidence: Evidence,
  certificate: Certificate,
  now: number,
): readonly (readonly [StepId, Finding])[] {
  return [
    ['time', checkCertificateTime(evidence, certificate, now)],
    ['authority', checkAuthority(evidence, certificate)],
    ['user', checkUser(certificate)],
  ];
}

/** What a certificate says of itself. */
export function certificateExhibits(certificate: Certificate): readonly Exhibit[] {
  const { commonName, organizations, issuer, notBefore, notAfter } = certificate;
  const of = (what: string, value: string | undefined): Exhibit => exhibit(what, value, 'the certificate');
  return [
    of('user (CN)', commonName),
    of('groups (O)', organizations.length === 0 ? undefined : organizations.join(', ')),
    of('issuer', issuer),
    of('from', timeInWords(notBefore)),
    of('until', timeInWords(notAfter)),
  ];
}

/** Judges notBefore and notAfter, to which no leeway is given. */
export function checkCertificateTime(
  evidence: Evidence,
  { notBefore, notAfter }: Pick<Certificate, 'notBefore' | 'notAfter'>,
  now: number,
): Finding {
  const clock = serverClock(evidence, now);
  const by = clock.isServers ? '' : ' by this machine’s clock';
  const exhibits = [
    exhibit('from', timeInWords(notBefore), 'the certificate'),
    exhibit('until', timeInWords(notAfter), 'the certificate'),
    exhibit('now', timeInWords(clock.time), clock.origin),
  ];
  if (clock.time < notBefore) {
    const finding = `It becomes valid ${relativeTime(notBefore, clock.time)}${by}.`;
    return failed('certificate-not-yet-valid', finding, OUTSIDE_ITS_TIME, ...exhibits);
  }
  if (clock.time > notAfter) {
    const finding = `It expired ${relativeTime(notAfter, clock.time)}${by}.`;
    return failed('certificate-expired', finding, OUTSIDE_ITS_TIME, ...exhibits);
  }
  if (clock.isServers) return passed('It is within its time.', ...exhibits);
  const finding = 'It is within its time by this machine’s clock; the server’s is not known';
  return cannotTell(
    finding,
    evidence.serverTime,
    ['certificate-expired', 'certificate-not-yet-valid'],
    ...exhibits,
  );
}

/** Judges who signed it, by what the server itself publishes of its authorities for clients; and whether it is for clients. */
function checkAuthority({ clientAuthority, sent }: Evidence, { issuer, isForClients }: Certificate): Finding {
  const by = exhibit('issuer', issuer, 'the certificate');
  if (!isForClients && (!clientAuthority.known || clientAuthority.value)) {
    const finding =
      'It is not for clients: its extended key usage says what it is for, and that is not among it.';
    return failed(
      'certificate-unusable',
      finding,
      'x509: certificate specifies an incompatible key usage',
      by,
    );
  }
  if (clientAuthority.known) {
    const seen = exhibit(
      'signed by an authority that it accepts',
      clientAuthority.value ? 'yes' : 'no',
      clientAuthority.origin,
    );
    return clientAuthority.value
      ? passed('An authority that the server accepts clients of has signed it.', by, seen)
      : failed(
          'certificate-other-authority',
          'None of the authorities that the server accepts clients of has signed it.',
          'x509: certificate signed by unknown authority',
          by,
          seen,
        );
  }
  const isOfCluster = sent?.known === true ? sent.value.isOfClusterAuthority : undefined;
  const shown = exhibit(
    'signed by the kubeconfig’s certificate-authority',
    isOfCluster === undefined ? 'not known' : isOfCluster ? 'yes' : 'no',
    'the kubeconfig',
  );
  const finding =
    isOfCluster === false
      ? 'The kubeconfig’s certificate-authority has not signed it; a server may have another for its clients'
      : 'Which authorities the server accepts clients of is not known';
  const told = cannotTell(finding, clientAuthority, ['certificate-other-authority'], by, shown);
  return isOfCluster === false ? suspected(told) : told;
}

/** Judges whether it names a user: without a CN the server takes the sender for nobody. */
function checkUser({ commonName, organizations }: Certificate): Finding {
  const exhibits = [
    exhibit('user (CN)', commonName, 'the certificate'),
    exhibit(
      'groups (O)',
      organizations.length === 0 ? undefined : organizations.join(', '),
      'the certificate',
    ),
  ];
  return commonName === undefined
    ? failed(
        'certificate-unusable',
        'It names no user (CN), and the server takes the sender for nobody.',
        'none: the request is anonymous',
        ...exhibits,
      )
    : passed(`It names the user ${commonName}.`, ...exhibits);
}

/** The server's words, in its log alone; the times in them are its own. */
const OUTSIDE_ITS_TIME = 'x509: certificate has expired or is not yet valid';
