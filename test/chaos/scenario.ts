export interface ScenarioOptions {
  seed: number;
  sends: number;
  /** How long it lasts, where that can be chosen. */
  minutes?: number | undefined;
  /** Tells a person what is going on. */
  say: (line: string) => void;
}

export interface Outcome {
  /** Flat, so that runs can be compared. */
  figures: Record<string, number>;
  /** What must not happen and did; empty after a good run. */
  faults: string[];
}

export interface Scenario {
  describe: string;
  /** Sends where the caller names no number. */
  sends: number;
  /** What they are, if not sends. */
  unit?: string;
  /** How long it lasts, where a caller may choose and names none. */
  minutes?: number;
  run(options: ScenarioOptions): Promise<Outcome>;
}

/** For the suite, which only shows what failed. */
export function quietly(): void {}
