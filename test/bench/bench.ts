export interface BenchOptions {
  /** How long one measurement takes. */
  seconds: number;
  /** How many rows there are to begin with, for benches that have any; each one's own figure if not given. */
  rows?: number;
  /** Tells a person what is being measured. */
  say: (line: string) => void;
}

export interface Bench {
  describe: string;
  /** How long one measurement takes where nothing else is asked for; 8 by default. */
  seconds?: number;
  /** Flat, with the keys that figures are compared by. */
  run(options: BenchOptions): Promise<Record<string, number | string>>;
}
