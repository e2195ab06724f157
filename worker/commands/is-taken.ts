/** True where a unique constraint stood in the way (Postgres' 23505). */
export function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "23505";
}
