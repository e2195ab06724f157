/** What counts as slow: the figures are kept for each. */
export type Minutes = 1 | 5 | 10;

/** Of a provider's texts of the last quarter of an hour, those that took so many minutes or have taken them already. */
export interface Slowness {
  name: string;
  minutes: Minutes;
  slow: number;
  total: number;
}

/** A provider without traffic is not slow. */
export function slowShare({ slow, total }: Pick<Slowness, "slow" | "total">): number {
  return total === 0 ? 0 : slow / total;
}

/** The providers of whose texts at least 15 % took five minutes. */
export function slowProviders(figures: readonly Slowness[]): Set<string> {
  const slow = figures.filter((figure) => figure.minutes === 5 && slowShare(figure) >= 0.15);
  return new Set(slow.map(({ name }) => name));
}

/** How many texts of all providers took five minutes, and whether those are a tenth, which is too many. */
export function slowOfAll(figures: readonly Slowness[]) {
  const counted = figures.filter(({ minutes }) => minutes === 5);
  const slow = counted.reduce((sum, figure) => sum + figure.slow, 0);
  const total = counted.reduce((sum, figure) => sum + figure.total, 0);
  return { slow, total, isTooMany: slowShare({ slow, total }) >= 0.1 };
}
