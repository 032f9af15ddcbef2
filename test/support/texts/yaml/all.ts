import { collections } from './collections.ts';
import { keys } from './keys.ts';
import { layouts } from './layouts.ts';
import { properties } from './properties.ts';
import { scalars } from './scalars.ts';
import type { YamlTexts } from './texts.ts';
import { values } from './values.ts';
import { combined } from './combined.ts';

/** Each part of YAML: our reader is held to these texts, and the texts to client-go. */
export const yamlTexts: readonly YamlTexts[] = [
  ...collections,
  ...keys,
  ...layouts,
  ...properties,
  ...scalars,
  ...values,
  ...combined,
];
