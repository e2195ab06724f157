import { Refusal } from "../internal/refusal.ts";
import type { Faults } from "./form.tsx";

/**
 * Why the rules of the internal API do not allow something, by the form's fields; null where they do. `names` says which
 * field of the form is meant where that has another name, the empty one for the form as a whole.
 */
export function faultsBy(rules: () => void, names: Readonly<Record<string, string>> = {}): Faults | null {
  try {
    rules();
    return null;
  } catch (error) {
    return faultsOf(error, names);
  }
}

/** The same of what they threw. Throws on whatever else it is. */
export function faultsOf(error: unknown, names: Readonly<Record<string, string>> = {}): Faults {
  if (!(error instanceof Refusal)) throw error;
  if (error.fields === null) return { "": error.message };
  const faults: Record<string, string> = {};
  for (const [field, [fault]] of Object.entries(error.fields)) faults[names[field] ?? field] = fault ?? "";
  return faults;
}
