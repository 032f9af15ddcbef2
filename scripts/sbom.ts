import type { Bundled } from './notices.ts';

/** What of package-lock.json is read here. */
export interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string }>>;
}

interface Described {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/**
 * What the bundles hold code of, in CycloneDX 1.6: each package with its license, its address in npm's terms (purl), and
 * the hash by which the lock holds it. Throws where the lock has no hash of one. The same input gives the same text.
 */
export function sbomOf(
  { name, version, license }: Described,
  bundled: readonly Bundled[],
  lock: Lock,
): string {
  const self = { type: 'application', 'bom-ref': `${name}@${version}`, name, version };
  const bom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { ...self, licenses: [{ license: { id: license } }] } },
    components: bundled.map((one) => ({
      type: 'library',
      'bom-ref': purlOf(one),
      name: one.name,
      version: one.version,
      licenses: [{ license: { id: one.license } }],
      hashes: [hashOf(one, lock)],
      purl: purlOf(one),
    })),
    dependencies: [{ ref: self['bom-ref'], dependsOn: bundled.map(purlOf) }],
  };
  return `${JSON.stringify(bom, undefined, 2)}\n`;
}

/** The purl specification writes the `@` of a scope as `%40`. */
const purlOf = ({ name, version }: Bundled): string => `pkg:npm/${name.replace('@', '%40')}@${version}`;

/** The lock's hash is base64 (Subresource Integrity); CycloneDX writes it in hexadecimal. */
function hashOf(
  { name, version }: Bundled,
  { packages }: Lock,
): { readonly alg: string; readonly content: string } {
  const [, { integrity } = {}] =
    Object.entries(packages).find(
      ([path, found]) => path.endsWith(`node_modules/${name}`) && found.version === version,
    ) ?? [];
  const [, base64] = /^sha512-(\S+)$/.exec(integrity ?? '') ?? [];
  if (base64 === undefined) throw new Error(`package-lock.json has no hash of ${name} ${version}.`);
  return { alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') };
}
