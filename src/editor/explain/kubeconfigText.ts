/** Whether a text, YAML or JSON, is worth being read as a kubeconfig. */
export function looksLikeKubeconfig(text: string): boolean {
  return (
    /(?:^|[{,])[ \t]*["']?(?:current-context|contexts|clusters)["']?[ \t]*:/m.test(text) &&
    /\busers["']?[ \t]*:/.test(text)
  );
}
