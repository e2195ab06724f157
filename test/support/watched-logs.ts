/** Checks of logs that were written to during the test that runs; `preload.ts` makes them when it has ended. */
export const watchedLogs = new Set<() => void>();
