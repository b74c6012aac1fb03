/** What a target does with a feature. */

/**
 * `native`: the target has it. `emulated`: it is made from other means, with the same rows. `ignored`: the target has
 * nothing like it, and the rows are the same without. `refused`: the target cannot mean it, so nothing is compiled.
 */
export type Treatment = "native" | "emulated" | "ignored" | "refused";

/** What a target does with one feature. */
export interface Support {
  readonly does: Treatment;
  /** What becomes of it, in words that end a sentence: "a filter in the query". */
  readonly how: string;
  /** What to do instead, where it is ignored or refused. */
  readonly help?: string;
  /** The oldest runtime that accepts it, where many that are in use do not. */
  readonly runtime?: string;
}

export const native = (how: string, runtime?: string): Support => ({
  does: "native",
  how,
  ...(runtime && { runtime }),
});
export const emulated = (how: string): Support => ({ does: "emulated", how });
export const ignored = (how: string, help: string): Support => ({ does: "ignored", how, help });
export const refused = (how: string, help: string): Support => ({ does: "refused", how, help });
