/** What code that logs may ask of its logger; pino satisfies it. Facts first, then a sentence. */
export interface Log {
  debug: LogLine;
  info: LogLine;
  warn: LogLine;
  error: LogLine;
}

type LogLine = (facts: object, message: string) => void;
