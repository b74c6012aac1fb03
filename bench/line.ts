/** One line of the report: ours against a baseline that was measured in the same run, and whether that is good enough. */

export interface Line {
  readonly name: string;
  readonly ours: number;
  readonly baseline: number;
  /** What the baseline is. */
  readonly against: string;
  readonly unit: "s" | "ms" | "count";
  /** The most that is allowed: of the ratio, or of our own figure where a bar is stated in its unit. None: only shown. */
  readonly bar?: { readonly ratio: number } | { readonly ours: number };
}

export interface Topic {
  readonly name: string;
  /** What the topic measures, for `--help`. */
  readonly about: string;
  readonly run: (options: BenchOptions) => Promise<readonly Line[]>;
}

export interface BenchOptions {
  /** How often each side is measured; the median counts. */
  readonly runs: number;
  /** The folder that holds the data of the flights year. */
  readonly data: string | undefined;
  /** Says what is being measured. */
  readonly say: (text: string) => void;
}

export function isMet({ ours, baseline, bar }: Line): boolean {
  if (!bar) return true;
  return "ours" in bar ? ours <= bar.ours : ours / baseline <= bar.ratio;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}

/**
 * Measures several things by turns, so that what else the machine does meets all of them alike, and gives every
 * figure of each.
 */
export async function byTurns<K extends string, T>(
  runs: number,
  measures: Readonly<Record<K, () => Promise<T>>>,
): Promise<Readonly<Record<K, readonly T[]>>> {
  const names = Object.keys(measures) as K[];
  const results = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<K, T[]>;
  for (let i = 0; i < runs; i++) {
    // Every other turn goes backwards: none is always the one that comes after the heaviest.
    for (const name of i % 2 === 0 ? names : names.toReversed()) results[name].push(await measures[name]());
  }
  return results;
}
