/** Text of a provider's, cut to what a payload allows and free of what no Postgres column takes. */
export function clean(text: string, length = 255): string {
  return text.replaceAll("\0", "").trim().slice(0, length).toWellFormed();
}
