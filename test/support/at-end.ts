/** What is to be stopped when the last test has ended; `preload.ts` sees to it. */
export const atEnd: (() => Promise<void>)[] = [];
