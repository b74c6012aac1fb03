/** What steps are given in addition to what they accept, or in its place: callbacks in it have types, so that the error is one. */
import type { Problem } from "../core/problem.ts";
import type { Said } from "../diagnostics/sentences.ts";
import type { InError } from "./in-error.ts";

export type AnyCallback = (...given: InError[]) => unknown;

/** An argument too many. */
export type TooMany = AnyCallback & Problem<Said<"ARG001:one">>;
/** A callback or options, where something is missing. */
export type TooFew<Message extends string> = (AnyCallback | { readonly [option: string]: AnyCallback }) &
  Problem<Message>;
