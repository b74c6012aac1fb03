/** What may flow into a table: streams of its columns. */

import type { RelationNode } from "../ast/relation.ts";
import type { Problem } from "../core/problem.ts";
import type { Said } from "../diagnostics/sentences.ts";
import type { KeySpec } from "./keys.ts";

/** What is wrong with a flow into a table of the columns `S`, or nothing. */
type Flow<S, S2> = [keyof S] extends [keyof S2]
  ? [keyof S2] extends [keyof S]
    ? [Misfits<S, S2>] extends [never]
      ? unknown
      : Problem<Said<"FLOW002:misfit", { column: Misfits<S, S2> & string }>>
    : Problem<Said<"FLOW002:extra", { column: Exclude<keyof S2, keyof S> & string }>>
  : Problem<Said<"FLOW002:lacks", { column: Exclude<keyof S, keyof S2> & string }>>;
type Misfits<S, S2> = {
  [K in keyof S & keyof S2]: FactsOf<S2[K]> extends FactsOf<S[K]> ? never : K;
}[keyof S & keyof S2];
type Fact =
  | " ~type"
  | " ~values"
  | " ~null"
  | " ~label"
  | " ~unit"
  | " ~additivity"
  | " ~fields"
  | " ~element"
  | " ~mapValue";
/** As a record, so that each part is compared on its own. */
type FactsOf<E> = {
  readonly [P in Fact]: P extends keyof E ? [E[P]] : [];
};
export type Flows<S, F, Once extends boolean> = F extends AnyNode ? Problem<Said<"ARG001:flows">> : FlowsOf<S, F, Once>;
type FlowsOf<S, F, Once extends boolean> = {
  readonly [K in keyof F]: F[K] extends { readonly " ~settings": infer Lost }
    ? Lost
    : F[K] extends { readonly " ~columns": infer S2; readonly " ~kind": infer Kind }
      ? Once extends true
        ? Flow<S, S2>
        : Kind extends "streaming"
          ? Flow<S, S2>
          : Problem<Said<"STREAM001:flow">>
      : Problem<Said<"REL001">>;
};
/** A relation instead of named ones. */
type AnyNode = { toNode(): RelationNode } | { readonly " ~changes": unknown };

/**
 * What is wrong with change events that flow into a target of the columns `S`, by the key `K`, in the order of `Q`. Of a key
 * that TypeScript took from the constraint, an error was reported.
 */
export type ChangeFlows<S, K, Q, F> = F extends AnyNode ? Problem<Said<"ARG001:flows">> : ChangeFlowsOf<S, K, Q, F>;
type ChangeFlowsOf<S, K, Q, F> = {
  readonly [N in keyof F]: F[N] extends { readonly " ~changes": readonly [infer S2, infer K2, infer Q2] }
    ? [KeySpec] extends [K | K2]
      ? unknown
      : unknown extends Flow<S, S2>
        ? [K2, Q2] extends [K, Q]
          ? unknown
          : Problem<Said<"FLOW004">>
        : Flow<S, S2>
    : Problem<Said<"SCD001">>;
};
