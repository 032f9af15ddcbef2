/** What makes another of a JSON text, or none, wherever it is put. */
export const JSON_DAMAGE = '" \\ { } [ ] , : 0 - e . \u0001 ü tru null \\u00 \\u00e'
  .split(' ')
  .concat([' ', '\n', '\r']);
