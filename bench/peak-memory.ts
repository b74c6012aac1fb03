import { readFileSync } from "node:fs";

/**
 * Bytes of memory that this process had at its most.
 * Linux counts into `maxRSS` what the parent had when it started the process: a test's worker has more than what is measured.
 */
export function peakMemory(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
  const kilobytes = /^VmHWM:\s*([0-9]+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  if (kilobytes === undefined) throw new Error("/proc/self/status tells no VmHWM");
  return Number(kilobytes) * 1024;
}
