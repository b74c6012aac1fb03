/** How long something took. */

/** Whole milliseconds between two times of `performance.now()`, whose fractions are noise: as every `durationMs` is. */
export const elapsedMs = (began: number, ended: number = performance.now()): number => Math.round(ended - began);
