/**
 * A client certificate of kubernetes-admin in the group kubeadm:cluster-admins, issued by "kubernetes", from the first day
 * of 2024 to the first of 2025: DER in base64. Nobody has its key.
 */
const DER =
  'MIIBlzCCAT2gAwIBAgIQQRr+IwyiPcmkwxY5rfH3OTAKBggqhkjOPQQDAjAVMRMwEQYDVQQDEwprdWJlcm5ldGVzMB4XDTI0MDEwMTAwMDAwMFoXDTI1MDEwMTAwMDAwMFowPDEfMB0GA1UEChMWa3ViZWFkbTpjbHVzdGVyLWFkbWluczEZMBcGA1UEAxMQa3ViZXJuZXRlcy1hZG1pbjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABJxUmN1lodf/5sHC1pUD1bmLuA6n1IvKh8xwWp/LyukbcinETJNoUNlLnZLpKzKxuWpvcIjsLUHJAdY1jx1hHASjSDBGMA4GA1UdDwEB/wQEAwIHgDAfBgNVHSMEGDAWgBQx6fQpUwL6qhoiMvgF+e4AjGszpDATBgNVHSUEDDAKBggrBgEFBQcDAjAKBggqhkjOPQQDAgNIADBFAiEA0YMhATsVrop2WB6ZdGT9h90A4ALgi2eD6kYReXLM9YYCIHMKFJT4ekNZrrKNSS5yRWQDEtfopyA1hU66tBrlsa9t';

/**
 * The same as PEM in base64, as a kubeconfig holds it, ending at another time, in seconds since the epoch; its signature
 * does not fit then.
 */
export function oldCertificate(notAfter = 1_735_689_600): string {
  const at = new Date(notAfter * 1000)
    .toISOString()
    .replaceAll(/[-:T]|\.\d+/g, '')
    .slice(2);
  const der = atob(DER).replace('250101000000Z', at); // ASN.1's UTCTime.
  return btoa(`-----BEGIN CERTIFICATE-----\n${btoa(der)}\n-----END CERTIFICATE-----\n`);
}
