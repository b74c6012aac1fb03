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
