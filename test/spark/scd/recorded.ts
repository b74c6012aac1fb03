/**
 * What Spark 4.3's AUTO CDC answered to events of two updates, as recorded. Keys `id`, sequence `ts`, deletes where `op`
 * is D; everything but `op` and `ts` is stored. A history is written `city/email start→end`.
 */

export type Change = readonly [id: number, ts: number, op: "I" | "U" | "D", city: string | null, email: string | null];

export const batch1: readonly Change[] = [
  [1, 3, "U", "C", "c"],
  [1, 1, "I", "A", "a"],
  [1, 2, "U", "B", "b"],
  [2, 1, "I", "A", "a"],
  [2, 2, "U", "A", "a"],
  [2, 3, "U", "B", "a"],
  [3, 1, "I", "A", "a"],
  [3, 2, "D", null, null],
  [3, 3, "I", "B", "b"],
  [4, 5, "D", null, null],
  [4, 2, "I", "A", "a"],
  [5, 1, "I", "A", "a"],
  [5, 1, "U", "B", "b"],
  [6, 1, "I", "A", "a"],
  [6, 1, "D", null, null],
  [7, 1, "I", "A", "a"],
  [7, 1, "I", "A", "a"],
  [8, 1, "I", null, "a"],
  [8, 2, "U", "A", null],
  [8, 3, "U", null, null],
  [9, 4, "D", null, null],
  [10, 2, "I", "B", "b"],
  [10, 6, "U", "F", "f"],
  [11, 1, "I", "A", "a"],
  [11, 5, "D", null, null],
  [12, 1, "I", "A", "a"],
  // Beyond cases.md: random streams, with the answers that the same Spark gave to them.
  [13, 11, "U", "B", "a"],
  [13, 3, "D", null, null],
  [14, 4, "U", "B", "a"],
  [14, 11, "U", "B", "a"],
  [14, 1, "U", "A", "a"],
  [14, 2, "D", null, null],
  [14, 7, "U", "B", "a"],
  [15, 1, "U", null, "a"],
  [15, 9, "D", null, null],
  [15, 5, "U", "A", "a"],
  [15, 10, "D", null, null],
  [15, 11, "U", null, "a"],
  [15, 4, "U", "A", "b"],
];

export const batch2: readonly Change[] = [
  [10, 4, "U", "D", "d"],
  [10, 1, "I", "A", "a"],
  [11, 3, "U", "C", "c"],
  [12, 1, "I", "A", "a"],
  [12, 2, "D", null, null],
  [9, 2, "I", "A", "a"],
  [2, 4, "U", "B", "a"],
  [3, 2, "U", "X", "x"],
  [13, 11, "U", "B", "a"],
  [13, 5, "U", "B", "b"],
  [13, 2, "D", null, null],
  [13, 12, "U", "B", "b"],
  [13, 4, "U", "A", "a"],
  [14, 3, "U", "A", "a"],
  [14, 9, "U", "B", null],
  [14, 10, "U", "B", "a"],
  [15, 11, "U", null, "a"],
  [15, 6, "U", "A", "b"],
  [15, 4, "U", "A", "b"],
];

/** A row for each key: what it says, the history after batch 1 and after both, the latest state after both. */
export const cases: readonly (readonly [id: number, what: string, first: string, second: string, latest: string])[] = [
  [1, "order of arrival does not matter", "A/a 1→2, B/b 2→3, C/c 3→∞", "same", "C/c"],
  [2, "an update that changes nothing makes no version", "A/a 1→3, B/a 3→∞", "same", "B/a"],
  // Spark: A/a 1→2, X/x 2→3, B/b 3→∞ after batch 2, yet case 6 within a batch. Ours: the delete wins in both.
  [3, "at equal sequence a delete wins, in a later batch too", "A/a 1→2, B/b 3→∞", "same", "B/b"],
  [4, "a delete before its insert still closes it", "A/a 2→5", "same", ""],
  // Spark promises no winner. Ours: the upsert whose columns compare greatest.
  [5, "at equal sequence the greatest upsert wins", "B/b 1→∞", "same", "B/b"],
  [6, "at equal sequence the delete wins", "", "same", ""],
  [7, "duplicates are one", "A/a 1→∞", "same", "A/a"],
  [8, "null is a value like any other", "∅/a 1→2, A/∅ 2→3, ∅/∅ 3→∞", "same", "∅/∅"],
  [9, "a delete of nothing is remembered", "", "A/a 2→4", ""],
  [10, "late events split what is there", "B/b 2→6, F/f 6→∞", "A/a 1→2, B/b 2→4, D/d 4→6, F/f 6→∞", "F/f"],
  [11, "also before a delete", "A/a 1→5", "A/a 1→3, C/c 3→5", ""],
  [12, "a replay changes nothing", "A/a 1→∞", "A/a 1→2", ""],
  [13, "random", "B/a 11→∞", "A/a 4→5, B/b 5→11, B/a 11→12, B/b 12→∞", "B/b"],
  [14, "random", "A/a 1→2, B/a 4→∞", "A/a 1→2, A/a 3→4, B/a 4→9, B/∅ 9→10, B/a 10→∞", "B/a"],
  [15, "random", "∅/a 1→4, A/b 4→5, A/a 5→9, ∅/a 11→∞", "∅/a 1→4, A/b 4→5, A/a 5→6, A/b 6→9, ∅/a 11→∞", "∅/a"],
];

/** TRACK HISTORY ON (city), where it differs from the above. */
export const tracked: ReadonlyMap<number, readonly [first: string, second: string]> = new Map([
  [13, ["B/a 11→∞", "A/a 4→5, B/b 5→∞"]],
  [14, ["A/a 1→2, B/a 4→∞", "A/a 1→2, A/a 3→4, B/a 4→∞"]],
  [15, ["∅/a 1→4, A/a 4→9, ∅/a 11→∞", "∅/a 1→4, A/b 4→9, ∅/a 11→∞"]],
]);

/**
 * Where Spark's answer is another one than ours: at equal sequences it depends on the batches, or is not promised. The
 * keys, and every answer that Spark may give after both batches.
 */
export const sparkAlone: ReadonlyMap<number, readonly string[]> = new Map([
  [3, ["A/a 1→2, X/x 2→3, B/b 3→∞"]],
  [5, ["A/a 1→∞", "B/b 1→∞"]],
]);
