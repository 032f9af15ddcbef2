import snippets from '../../../media/snippets/yaml.json' with { type: 'json' };

/** A snippet as it stands when every placeholder is left as it is; of choices the first. */
export function filledIn(name: keyof typeof snippets): string {
  return snippets[name].body
    .join('\n')
    .replaceAll(/\$\{\d:([^}]*)\}/g, '$1')
    .replaceAll(/\$\{\d\|([^,|]*)[^}]*\}/g, '$1')
    .replaceAll('$0', '');
}
