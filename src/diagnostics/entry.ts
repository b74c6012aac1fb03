/** What an entry of the catalogue is. */
import { freeze } from "../core/freeze.ts";
import type { Diagnostic } from "./diagnostic.ts";

/** A code of the catalogue. */
export interface Entry {
  /** `error` unless it says otherwise. A diagnostic may be milder where the same mistake does less harm. */
  readonly severity?: Diagnostic["severity"];
  /** What is wrong, in a few words: the heading of its documentation. */
  readonly title: string;
  /** Why it is wrong and what to do, for the documentation and the editor. */
  readonly explanation: string;
}

/** Checks a family of entries and keeps its codes. */
export function family<const F extends Readonly<Record<string, Entry>>>(entries: F): F {
  return freeze(entries);
}
