const SIGNS = [
  /(?:^|[\s{,])["']?current-context["']?\s*:/,
  /(?:^|[\s{,])["']?contexts["']?\s*:/,
  /(?:^|[\s{,])["']?clusters["']?\s*:/,
  /(?:^|[\s{,])["']?users["']?\s*:/,
  /(?:^|[\s{,])["']?kind["']?\s*:\s*["']?Config\b/,
];

/** Whether a text, YAML or JSON, is worth being read as a kubeconfig, whole or in part: it has two of what one is made of. */
export function looksLikeKubeconfig(text: string): boolean {
  let signs = 0;
  for (const sign of SIGNS) if (sign.test(text) && ++signs === 2) return true;
  return false;
}
