import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import manifest from '../../../package.json' with { type: 'json' };
import snippets from '../../../media/snippets/yaml.json' with { type: 'json' };
import { filledIn } from '../../support/texts/snippets.ts';
import { check } from '../../support/texts/checks.ts';

/** A Pod with a snippet in the place that it is for. */
function podWith(lines: string, mountPath: string): string {
  const indented = lines.replaceAll(/^(?=.)/gm, '    ');
  return `kind: Pod\nspec:\n  containers: [{volumeMounts: [{name: service-account-token, mountPath: ${mountPath}}]}]\n  volumes:\n${indented}`;
}

describe('snippets', () => {
  it('have one prefix each, which begins as no key of Kubernetes does, and say what they are for', () => {
    expect('snippets' in manifest.contributes).toBe(false);
    const prefixes = Object.values(snippets).map(({ prefix }) => prefix);
    expect(new Set(prefixes).size).toBe(prefixes.length);
    for (const prefix of prefixes) expect(prefix).toMatch(/^(?:token|account)-/);
    for (const { description } of Object.values(snippets)) expect(description).toMatch(/^An? |^Whom /);
  });

  it('make a token Secret that has no problem but that its ServiceAccount is elsewhere', () => {
    expect(check(filledIn('Token Secret')).problems.map(({ rule }) => rule)).toEqual(['account-not-in-file']);
    expect(check(filledIn('ServiceAccount and Its Token Secret')).problems).toEqual([]);
  });

  it('make the three sources that the admission plugin writes', () => {
    const text = podWith(filledIn('Projected Token Volume'), '/var/run/secrets/kubernetes.io/serviceaccount');
    expect(check(text).problems).toEqual([]);
    const [document] = parseAllDocuments(text);
    expect(document?.toJS()).toMatchObject({
      spec: {
        volumes: [
          {
            projected: {
              sources: [
                { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
                { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
                {
                  downwardAPI: {
                    items: [
                      { path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } },
                    ],
                  },
                },
              ],
            },
          },
        ],
      },
    });
  });

  it('make a token for another service, which names it', () => {
    expect(check(podWith(filledIn('Projected Token for Another Service'), '/t')).problems).toEqual([]);
    const fields = filledIn('Audience and Life of a Projected Token').replaceAll(/^(?=.)/gm, '            ');
    const projection = `- name: v\n  projected:\n    sources:\n      - serviceAccountToken:\n${fields}`;
    expect(check(podWith(projection, '/t')).problems).toEqual([]);
  });
});
