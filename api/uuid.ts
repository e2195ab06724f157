const canonical = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const hexDigits = /^[0-9a-fA-F]{32}$/;

/**
 * The canonical form of a UUID written in any way that Python's `uuid.UUID` accepts: any case, with or without
 * hyphens, in braces, after `urn:uuid:`. Null for anything else.
 */
export function parseUuid(text: string): string | null {
  if (canonical.test(text)) return text;
  // Longer than any real form by far; keeps hostile input from being copied.
  if (text.length > 100) return null;
  const bare = text
    .replaceAll("urn:", "")
    .replaceAll("uuid:", "")
    .replace(/^[{}]+|[{}]+$/g, "")
    .replaceAll("-", "");
  if (!hexDigits.test(bare)) return null;
  const hex = bare.toLowerCase();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
