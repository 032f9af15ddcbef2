/** Whether a text is worth being read as a kubeconfig. */
export function looksLikeKubeconfig(text: string): boolean {
  return (
    /^\s*["']?(?:current-context|contexts|clusters)["']?\s*:/m.test(text) && /\busers["']?\s*:/.test(text)
  );
}
