/** A file that is longer is left alone, in UTF-16 units: nobody writes such by hand. */
export const LONGEST = 1024 * 1024;

/** Of a text with none of these nothing is outdated; each is in what some rule looks for. */
const NEEDLES = [
  '.secrets',
  'secrets[',
  '"secrets"',
  "'secrets'",
  '-token',
  '_token',
  ' token',
  'secret',
  'kubernetes.io/serviceaccount',
  'describe sa',
  'get sa',
  'serviceaccount',
  'create-kubeconfig',
] as const;

/** What is called where a shell finds any of them. */
const CALLED = ['kubectl', 'KUBECTL', 'oc ', 'OC', 'kubernetes.io/serviceaccount'] as const;

/** Whether anything in a text can be outdated, told by plain search. */
export function canMatter(text: string): boolean {
  return CALLED.some((one) => text.includes(one)) && NEEDLES.some((one) => text.includes(one));
}
