/** What one look found. `fault`: something does not work; `warning`: a person should look. */
export interface Finding {
  check: string;
  result: "ok" | "warning" | "fault";
  found: string;
  /** What to do about it; null where nothing is to be done. */
  advice: string | null;
}

export function ok(check: string, found: string): Finding {
  return { check, result: "ok", found, advice: null };
}

export function warning(check: string, found: string, advice: string): Finding {
  return { check, result: "warning", found, advice };
}

export function fault(check: string, found: string, advice: string): Finding {
  return { check, result: "fault", found, advice };
}

/** In one line, without what may be long. */
export function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [line = ""] = error.message.split("\n");
  return line || ("code" in error ? String(error.code) : error.name);
}
