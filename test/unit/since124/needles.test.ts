import { describe, expect, it } from 'vitest';
import {
  canBeCalled,
  canMatter,
  isKustomization,
  longestInBytes,
  longestOf,
  renameIn,
} from '../../../src/since124/needles.ts';

const matters = (path: string, text: string): boolean => {
  const isSo = canMatter(path, text);
  expect(canMatter(path, new TextEncoder().encode(text))).toBe(isSo);
  return isSo;
};

/** What is called where a shell finds anything. */
const called = [
  'kubectl',
  'KUBECTL',
  'kubernetes.io/serviceaccount',
  '/serviceaccounts/',
  '$OC',
  '${OC}',
  'oc sa ',
  'oc serviceaccount',
  'oc get ',
  'oc describe ',
  'oc create token',
  'oc -',
  'oc exec',
];
/** What is asked for there. */
const asked = ['ecret', '-token', ' token', 'describe sa', 'get sa', 'serviceaccount', 'create-kubeconfig'];
const ofPrograms = ['ecret', 'BearerToken', '_account_token', '_token_request', 'kubernetes"'];
const named = [
  'erviceAccount',
  'service_account',
  'rest.Config{',
  '-token-',
  '_token_request',
  'kubernetes"',
  'kubernetes.io/service-account-token',
];

describe('a file that can matter', () => {
  it('has what is called and what is asked for', () => {
    for (const one of called)
      expect([one, canBeCalled(`${one}#ecret`), matters('a', `ecret#${one}`)]).toEqual([one, true, true]);
    for (const one of asked)
      expect([one, canBeCalled(`kubectl#${one}`), matters('a', `${one}#kubectl`)]).toEqual([one, true, true]);
    expect(canBeCalled(new TextEncoder().encode('kubectl get sa'))).toBe(true);
  });

  it('or has what programs have, and a name of it', () => {
    for (const one of ofPrograms) expect([one, matters('a', `${one}#erviceAccount`)]).toEqual([one, true]);
    for (const one of named) expect([one, matters('a', `${one}#BearerToken`)]).toEqual([one, true]);
  });

  it('has not the one alone, nor the other', () => {
    for (const one of called.filter(
      (text) => text !== 'kubernetes.io/serviceaccount' && !/token|serviceaccount/.test(text),
    ))
      expect([one, canBeCalled(one), matters('a', one)]).toEqual([one, false, false]);
    for (const one of asked) expect([one, canBeCalled(one), matters('a', one)]).toEqual([one, false, false]);
    for (const one of ['ecret', 'BearerToken', '_account_token'])
      expect([one, matters('a', one)]).toEqual([one, false]);
    for (const one of [
      'erviceAccount',
      'service_account',
      'rest.Config{',
      '-token-',
      'kubernetes.io/service-account-token',
    ])
      expect([one, matters('a', one)]).toEqual([one, false]);
    for (const one of ['', 'a', 'ube', 'kubect', 'oc sa', 'OC', 'ecre', 'oc ecret', 'oc x -token'])
      expect([one, matters('a', one)]).toEqual([one, false]);
  });
});

describe('a file of dependencies', () => {
  const files = [
    'go.mod',
    'pom.xml',
    'package.json',
    'Cargo.toml',
    'Pipfile',
    'pyproject.toml',
    'setup.py',
    'setup.cfg',
    'requirements.txt',
    'requirements-dev.txt',
    'requirements.in',
    'constraints.txt',
    'a.gradle',
    'a.gradle.kts',
    'a.csproj',
    'a.fsproj',
    'a.vbproj',
    'Directory.Packages.props',
  ];
  const locks = [
    'package-lock.json',
    'npm-shrinkwrap.json',
    'yarn.lock',
    'pnpm-lock.yaml',
    'poetry.lock',
    'uv.lock',
    'Pipfile.lock',
    'Cargo.lock',
    'packages.lock.json',
    'gradle.lockfile',
  ];

  it('matters where it names one of the libraries', () => {
    for (const name of [...files, ...locks]) {
      for (const path of [name, `a/${name}`, `a\\${name}`]) {
        for (const library of ['kube', 'k8s.io', 'fabric8', 'Kubernetes'])
          expect([path, matters(path, library)]).toEqual([path, true]);
        expect([path, matters(path, 'other')]).toEqual([path, false]);
      }
    }
  });

  it('is no file whose name is only like it', () => {
    for (const name of [...files, ...locks])
      expect([name, matters(`${name}x`, 'kube')]).toEqual([name, false]);
    for (const name of [...files, ...locks].filter((one) => !one.startsWith('a.')))
      expect([name, matters(`x${name}`, 'kube')]).toEqual([name, false]);
    for (const name of [
      'requirements/a.md',
      'constraints.md',
      'my.requirements.txt/a',
      'gradle',
      'a/.txt',
      'setup.md',
      'setup',
    ])
      expect([name, matters(name, 'kube')]).toEqual([name, false]);
  });

  it('may be longer where a program writes it', () => {
    for (const name of locks)
      expect([name, longestOf(`a/${name}`), longestInBytes(name)]).toEqual([name, 2_097_152, 6_291_456]);
    for (const name of files)
      expect([name, longestOf(name), longestInBytes(name)]).toEqual([name, 262_144, 786_432]);
    for (const name of locks)
      expect([longestOf(`x${name}`), longestOf(`${name}x`)]).toEqual([262_144, 262_144]);
  });
});

describe('a kustomization', () => {
  it('is known by its name', () => {
    for (const path of ['kustomization.yaml', 'a/kustomization.yml', 'a\\Kustomization'])
      expect(isKustomization(path)).toBe(true);
    for (const path of [
      'xkustomization.yaml',
      'kustomization.yamlx',
      'kustomization.yl',
      'Kustomization/a',
      'xKustomization',
      'Kustomizations',
      'kustomization',
    ])
      expect([path, isKustomization(path)]).toEqual([path, false]);
  });

  it('matters where it renames', () => {
    expect(matters('kustomization.yaml', 'a: b\nnamePrefix: c-\n')).toBe(true);
    expect(matters('kustomization.yaml', 'a: b\n')).toBe(false);
    expect(matters('other.yaml', 'namePrefix: c-\n')).toBe(false);
  });

  it.each([
    ['namePrefix: a-\n', 'namePrefix: a-'],
    ['x: y\nnameSuffix:  -a  # b\n', 'nameSuffix:  -a'],
    ['namePrefix:\t"a-"\r\n', 'namePrefix:\t"a-"'],
    ["namePrefix: 'a-'", "namePrefix: 'a-'"],
    ['namePrefix: a', 'namePrefix: a'],
    ['namePrefix: ""\n', undefined],
    ["namePrefix: ''\n", undefined],
    ['namePrefix:\n', undefined],
    ['namePrefix: # a\n', undefined],
    ['namePrefix:a\n', undefined],
    [' namePrefix: a\n', undefined],
    ['name: a\n', undefined],
    ['xnamePrefix: a\n', undefined],
  ])('gives another name in %j: %j', (text, marked) => {
    const found = renameIn(text);
    expect(found && text.slice(found.start, found.end)).toBe(marked);
  });
});
