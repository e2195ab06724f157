/**
 * `Content-Disposition` (RFC 6266) that makes a browser save a file under this name, never show it. The plain name is
 * for clients that do not know the other.
 */
export function attachment(filename: string): string {
  const safe = filename
    .toWellFormed()
    // What no file system takes, or what would show the name in another order.
    .replace(/\p{C}/gu, "")
    .replace(/[/\\:*?"<>|]/g, "_");
  const plain = safe.replace(/[^\x20-\x7e]/g, "_").replaceAll("%", "_");
  const encoded = encodeURIComponent(safe).replace(/['()*!]/g, percentEncoded);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
