/**
 * Milliseconds of CPU that this process has used so far. The system tells its user time from its own by samples, so
 * that one of them may even stand still: only the sum is exact.
 */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The CPU time that some work takes. */
export async function cpuOf(work: () => unknown): Promise<number> {
  const before = cpuTime();
  await work();
  return cpuTime() - before;
}

/** The least of a few measurements, which a busy machine only adds to: it ends with the first that is below `most`. */
export async function leastOf(most: number, measure: () => number | Promise<number>, runs = 8): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs && least >= most; run++) least = Math.min(least, await measure());
  return least;
}

/** How many times as much CPU `many` takes as `few`: of each the least of a few runs, until that is below `most`. */
export async function growthOf(most: number, many: () => unknown, few: () => unknown, runs = 10): Promise<number> {
  let [ofMany, ofFew] = [await cpuOf(many), await cpuOf(few)];
  for (let run = 1; run < runs && ofMany >= most * ofFew; run++) {
    ofMany = Math.min(ofMany, await cpuOf(many));
    ofFew = Math.min(ofFew, await cpuOf(few));
  }
  return ofMany / ofFew;
}
