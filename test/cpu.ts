/**
 * Milliseconds of CPU that this process has used so far. The system tells its user time from its own by samples, so
 * that one of them may even stand still: only the sum is exact.
 */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
