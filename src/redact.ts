import { withoutTrailing } from './trailing.ts';

/** Three base64url parts of which the first is a JSON object: a JWT, whole or cut short. */
const JWT = /eyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){0,2}/g;
/** The same where a blank, a tab or a line break follows the object's brace: less telling, so that it needs its dot. */
const BLANK_JWT = /e(?:yA|w[0ok])[A-Za-z0-9_-]{12,}(?:\.[A-Za-z0-9_-]*){0,2}/g;
/** The same once more in base64, as in a Secret's data. */
const ENCODED_JWT = /ZXlK[A-Za-z0-9+/]{8,}={0,2}/g;
const BEARER = /\b(bearer)\s+(\S+)/gi;
/** What stands after "bearer" in sentences, as in the API server's "invalid bearer token", and is no credential. */
const NO_CREDENTIAL = /^(?:tokens?|credentials?|auth|authentication|authorization|scheme|header)$/i;
/** What ends a credential in a sentence, a list or a quotation, and is no part of it. */
const AROUND = '.,;:!?"\'`\u2019\u201D)]}>';
const KEY_BEGINS = /-----BEGIN [A-Z ]*PRIVATE KEY-----/g;
const KEY_ENDS = /-----END [A-Z ]*PRIVATE KEY-----/g;
/** user:password@ in a URL, as proxies have it. */
const URL_PASSWORD = /(\/\/[^\s/:@]*):[^\s/@]+@/g;

/** Longer texts are cut, in UTF-16 units: nobody reads them, and V8's regular expressions run out of stack in them. */
const MAX_LENGTH = 4 * 1024 * 1024;

/**
 * Masks every token, bearer credential, private key and URL password in a text. All that this extension logs or
 * shows, and that may hold a stranger's words, goes through here.
 */
export function redact(text: string): string {
  const shown = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return withoutPrivateKeys(shown)
    .replace(BEARER, maskBearer)
    .replace(BLANK_JWT, (found) => (found.includes('.') ? '[token]' : found))
    .replace(JWT, '[token]')
    .replace(ENCODED_JWT, '[token]')
    .replace(URL_PASSWORD, '$1:[password]@');
}

/** The server's own words stay as they are: they are what people search for. */
function maskBearer(found: string, bearer: string, credential: string): string {
  const own = withoutTrailing(credential, AROUND);
  return NO_CREDENTIAL.test(own) ? found : `${bearer} [token]${credential.slice(own.length)}`;
}

/** One that is cut short goes to the end of the text. */
function withoutPrivateKeys(text: string): string {
  let shown = '';
  let end = 0;
  for (const {
    index,
    0: { length },
  } of text.matchAll(KEY_BEGINS)) {
    if (index < end) continue;
    shown += `${text.slice(end, index)}[private key]`;
    KEY_ENDS.lastIndex = index + length;
    end = KEY_ENDS.exec(text) ? KEY_ENDS.lastIndex : text.length;
  }
  return shown + text.slice(end);
}
