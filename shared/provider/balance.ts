import type { LockedProvider, ProviderChange } from "./change.ts";

/** Points that move at once. */
const step = 10;

/** A provider that carries, with its weight. */
export interface Share {
  name: string;
  priority: number;
}

/**
 * The text providers that share the traffic: switched on, and configured in this copy. Null where a text provider that
 * is switched on, configured or not, was changed less than `quietSeconds` ago, by whomever: what that did has yet to
 * show.
 */
export function sharesToBalance(
  providers: readonly LockedProvider[],
  { configured, quietSeconds }: { configured: ReadonlySet<string>; quietSeconds: number },
): Share[] | null {
  const active = providers.filter(({ channel, active }) => channel === "sms" && active);
  const isQuiet = active.every(
    ({ unchangedSeconds }) => unchangedSeconds === null || unchangedSeconds >= quietSeconds,
  );
  return isQuiet ? active.filter(({ name }) => configured.has(name)) : null;
}

/**
 * Takes ten points from each of `from` and gives them to `to`, in proportion to what those have. Of two providers, the
 * other gets ten though the first had fewer, as in Notify; several share what was really lost, or a provider that
 * stays down would in time push all others to 100. Who loses is changed though it has nothing left: the quiet that
 * follows keeps it from being given points while it fails.
 */
export function takeFrom(
  shares: readonly Share[],
  { from, to }: { from: ReadonlySet<string>; to: ReadonlySet<string> },
): ProviderChange[] {
  const losers = shares.filter(({ name }) => from.has(name));
  const heirs = shares.filter(({ name }) => to.has(name));
  if (losers.length === 0 || heirs.length === 0) return [];
  const lost = losers.reduce((sum, { priority }) => sum + Math.min(step, priority), 0);
  const gains = divide(shares.length === 2 ? step : lost, heirs);
  return [
    ...losers.map(({ name, priority }) =>
      change(name, Math.max(0, priority - step), "Reduced due to reduced reliability"),
    ),
    ...heirs
      .map(({ name, priority }, at) => ({
        name,
        was: priority,
        is: Math.min(100, priority + (gains[at] ?? 0)),
      }))
      .filter(({ was, is }) => was !== is)
      .map(({ name, is }) => change(name, is, "Increased due to reduced reliability in other provider")),
  ];
}

/** Whole points for each, by priority; equal where none has any. What is left over goes to the largest remainders. */
function divide(points: number, shares: readonly Share[]): number[] {
  const total = shares.reduce((sum, { priority }) => sum + priority, 0);
  const exact = shares.map(
    ({ priority }) => (points * (total > 0 ? priority : 1)) / (total || shares.length),
  );
  const whole = exact.map(Math.floor);
  const left = points - whole.reduce((sum, one) => sum + one, 0);
  const byRemainder = exact.map((one, at) => ({ at, remainder: one - Math.floor(one) }));
  byRemainder.sort((a, b) => b.remainder - a.remainder);
  const luckier = new Set(byRemainder.slice(0, left).map(({ at }) => at));
  return whole.map((one, at) => (luckier.has(at) ? one + 1 : one));
}

/** Who loses, of those with too many failed sends, and who gains: what works, or where nothing does, all others. */
export function takeFromFailing(
  shares: readonly Share[],
  failing: readonly { name: string; failures: number }[],
): ProviderChange[] {
  const known = failing.filter(({ name }) => shares.some((share) => share.name === name));
  const worst = known.reduce<(typeof known)[number] | null>(
    (most, one) => (most && most.failures >= one.failures ? most : one),
    null,
  );
  if (!worst) return [];
  const others = shares.map(({ name }) => name).filter((name) => name !== worst.name);
  const working = others.filter((name) => !known.some((one) => one.name === name));
  return takeFrom(shares, {
    from: new Set([worst.name]),
    to: new Set(working.length > 0 ? working : others),
  });
}

/** Who is slow loses to who is not, unless all are: then it is not the providers, or nothing would be gained. */
export function takeFromSlow(shares: readonly Share[], slow: ReadonlySet<string>): ProviderChange[] {
  const names = new Set(shares.map(({ name }) => name));
  return takeFrom(shares, { from: slow, to: names.difference(slow) });
}

/** Moves each by ten points at most towards where it rests. */
export function tendToRest(shares: readonly Share[], points: ReadonlyMap<string, number>): ProviderChange[] {
  const rest = restingPoints(
    shares.map(({ name }) => name),
    points,
  );
  return shares.flatMap(({ name, priority }) => {
    const goal = rest.get(name) ?? priority;
    const next = priority + Math.max(-step, Math.min(step, goal - priority));
    return next === priority ? [] : [change(name, next, "Adjusted back to resting point")];
  });
}

/**
 * Where each of these rests. Who has no point of its own gets an equal share of 100, and those who have one keep their
 * proportions in what is left: mmg 51 and firetext 49 become 34 and 33 beside a third.
 */
export function restingPoints(
  names: readonly string[],
  points: ReadonlyMap<string, number>,
): Map<string, number> {
  const unnamed = names.filter((name) => !points.has(name));
  const equal = Math.round(100 / names.length);
  const total = names.reduce((sum, name) => sum + (points.get(name) ?? 0), 0);
  const scale = unnamed.length === 0 || total === 0 ? 1 : Math.max(0, 100 - equal * unnamed.length) / total;
  return new Map(
    names.map((name) => {
      const point = points.get(name);
      return [name, point === undefined ? equal : Math.round(point * scale)];
    }),
  );
}

function change(name: string, priority: number, reason: string): ProviderChange {
  return { name, priority, active: null, reason, createdBy: null };
}
