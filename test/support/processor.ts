/** Answers the milliseconds of the processor this process has used since, so that what else the machine does takes no part. */
export function processorClock(): () => number {
  const startedAt = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(startedAt);
    return (user + system) / 1000;
  };
}
