/** Whether a text, YAML or JSON, is worth being read as a kubeconfig. */
export function looksLikeKubeconfig(text: string): boolean {
  return (
    /(?:^|[\s{,])["']?(?:current-context|contexts|clusters)["']?\s*:/.test(text) &&
    /\busers["']?\s*:/.test(text)
  );
}
