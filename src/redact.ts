/** Three base64url parts of which the first is a JSON object: a JWT, whole or cut short. */
const JWT = /eyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){0,2}/g;
/** The same once more in base64, as in a Secret's data. */
const ENCODED_JWT = /ZXlK[A-Za-z0-9+/]{8,}={0,2}/g;
const BEARER = /\b(bearer)\s+\S+/gi;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
/** user:password@ in a URL, as proxies have it. */
const URL_PASSWORD = /(\/\/[^\s/:@]*):[^\s/@]+@/g;

/**
 * Masks every token, bearer credential, private key and URL password in a text. All that this extension logs or
 * shows, and that may hold a stranger's words, goes through here.
 */
export function redact(text: string): string {
  return text
    .replace(PRIVATE_KEY, '[private key]')
    .replace(BEARER, '$1 [token]')
    .replace(JWT, '[token]')
    .replace(ENCODED_JWT, '[token]')
    .replace(URL_PASSWORD, '$1:[password]@');
}
