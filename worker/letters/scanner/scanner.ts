export type Scan =
  | { outcome: "clean" }
  /** `name` is the signature's. */
  | { outcome: "infected"; name: string }
  /** The scanner cannot tell: another attempt may. */
  | { outcome: "error"; reason: string };

/** Looks for viruses. Its answers are never thrown; it throws on `signal` alone. */
export interface Scanner {
  scan(file: Uint8Array, signal: AbortSignal): Promise<Scan>;
}
