/**
 * The functions of columns that steps are given. The sentence stands in the name of the type, which is what an error writes
 * first of a text or a list instead of one.
 */
import type { Problem } from "../core/problem.ts";
import type { Said } from "../diagnostics/sentences.ts";
import type { Condition, Orders } from "./base.ts";
import type { Groups, Measures, Values } from "./checks.ts";
import type { Columns } from "./columns.ts";
import type { KeySpec, NamedColumns, NotNull } from "./keys.ts";
import type { OptionsKnownAs } from "./known-options.ts";
import type { Given, NoRecord, NotNamed } from "./literals.ts";

/** Says that columns keep their names. */
type OwnColumns<S, R> = (R extends NoRecord
  ? Problem<NotNamed<R>>
  : { [K in Exclude<keyof R, keyof S>]: Problem<Said<"KEY002:whereNotNull", { column: K & string }>> }) &
  Same<S>;
/** Names the columns of `S`, so that an editor renames them where they are replaced. */
export type Same<S> = { readonly [K in keyof S]?: Given[string] };

export type Rule<_Said extends string, S> = (columns: S) => Condition | Problem<Said<"TYPE001:condition">>;
export type Match<_Said extends string, S, S2> = (left: S, right: S2) => Condition | Problem<Said<"TYPE001:condition">>;
/** A match of which more is asked than that it is one. */
export type Matching<_Said extends string, S, S2, C> = (left: S, right: S2) => C;
export type Filling<_Said extends string, S, R> = (columns: S) => R & OwnColumns<S, R>;
export type Selection<_Said extends string, S, R> = (columns: S) => R & NoInfer<Values<R>>;
/** `R` alone as well: inferred through the map only, no columns (`{}`) would be any columns. */
export type Derivation<_Said extends string, S, R> = (columns: S) => NoInfer<Values<R>> & (R | (R & Same<S>));
export type Grouping<_Said extends string, S, G> = (columns: S) => G & NoInfer<Groups<G>>;
export type Measuring<_Said extends string, S, R> = (columns: S) => R & NoInfer<Measures<R>>;
/** Columns under their own names: one, a list of them, or an object, in which an editor renames the names as well. */
export type Naming<_Said extends string, S> = (
  columns: S,
) => Columns | Same<S> | KeySpec | Problem<Said<"EXPR001:columns">>;
export type KeyColumns<_Said extends string, S, K> = (columns: NamedColumns<S>) => NotNull<K> & K;
/** What `dedupe()` is given. */
export type Deduping<_Said extends string, S, K> =
  | ({
      readonly key: Chosen<Said<"EXPR001:columns">, S, K>;
      readonly orderBy: Order<Said<"EXPR001:columns">, S>;
    } & OptionsKnownAs<"key" | "orderBy">)
  | ((columns: S) => Problem<Said<"ARG001:dedupe">>);
/** An option of a step that is a function of the columns. */
export type Chosen<_Said extends string, S, R> = (columns: S) => R;
export type Order<_Said extends string, S> = (
  columns: S,
) => Orders<Said<"TYPE001:order">> | Problem<Said<"EXPR001:columns">>;
