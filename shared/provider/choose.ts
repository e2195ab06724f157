/** A row of `provider_details`: what operators say of a provider. */
export interface ProviderDetails {
  name: string;
  priority: number;
  supportsInternational: boolean;
}

export interface Need {
  /** Those this copy is configured for. */
  configured: ReadonlySet<string>;
  international: boolean;
  /** The one that just could not: not drawn again while there is another. */
  lastTried: string | null;
  /** From 0 up to 1. */
  random: number;
}

/**
 * Draws a provider, weighted by priority; null where none will do. A single candidate is taken whatever its
 * priority, and so is one of several that all weigh nothing (Notify fails there; a message should go).
 */
export function chooseProvider(
  active: readonly ProviderDetails[],
  { configured, international, lastTried, random }: Need,
): string | null {
  const able = active.filter(
    ({ name, supportsInternational }) => configured.has(name) && (supportsInternational || !international),
  );
  const others = able.filter(({ name }) => name !== lastTried);
  const candidates = others.length > 0 ? others : able;
  const total = candidates.reduce((sum, { priority }) => sum + priority, 0);
  let left = random * total;
  for (const { name, priority } of candidates) {
    left -= priority;
    if (left < 0) return name;
  }
  return candidates.at(-1)?.name ?? null;
}
