/** What a mistyped name may have meant. */

/** The known name that is nearest to a mistyped one: at most a third of its letters, and never all, are others, left out, added or swapped. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const scored = known.map((candidate) => ({
    candidate,
    score: distance(name.toLowerCase(), candidate.toLowerCase()),
  }));
  scored.sort((a, b) => a.score - b.score);
  const [best] = scored;
  const most = Math.min(Math.max(1, Math.floor(name.length / 3)), name.length - 1);
  return best && best.score <= most ? best.candidate : undefined;
}

/**
 * The known names, those first that may be another word for one of the names: they have a word of it, as `customer_id` of
 * `customer`, or a third of its letters, as `quantity` of `qty`. The others stay in their order.
 */
export function likestFirst(names: readonly string[], known: readonly string[]): readonly string[] {
  const scored = known.map((candidate) => ({
    candidate,
    score: Math.min(1, ...names.map((name) => unlikeness(name, candidate))),
  }));
  return scored.toSorted((a, b) => a.score - b.score).map(({ candidate }) => candidate);
}

/** From 0 for a word in common to 1 for nothing. */
function unlikeness(name: string, candidate: string): number {
  const words = wordsOf(name);
  if (wordsOf(candidate).some((word) => words.includes(word))) return 0;
  const [a, b] = [name.toLowerCase(), candidate.toLowerCase()];
  const changed = distance(a, b) / Math.max(a.length, b.length);
  return changed <= 2 / 3 ? changed : 1;
}

const wordsOf = (name: string): readonly string[] =>
  name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word.length > 2);

function distance(a: string, b: string): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + change, swap));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
