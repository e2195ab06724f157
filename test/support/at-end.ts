/** What is to be stopped when the last test has ended, of each file where they run side by side; `preload.ts` sees to it. */
export const atEnd: (() => Promise<void>)[] = [];
