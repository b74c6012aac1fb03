/** Options as other tools name them: the error is the sentence, and the callback in it has types. */
import type { KNOWN_OPTIONS } from "../core/known-options.ts";
import type { Problem } from "../core/problem.ts";
import type { Said } from "../diagnostics/sentences.ts";
import type { AnyCallback } from "./answers.ts";

type Known = typeof KNOWN_OPTIONS;

/** Our name for an option that another tool names so, among those that there are. */
export type OurOption<Theirs extends string, Ours> = {
  [Name in keyof Known & Ours]: Theirs extends Known[Name][number] ? Name : never;
}[keyof Known & Ours];

/** An option of another name. It is a function, so that the parameters of one have types. */
type OptionOfAnotherName<Message extends string> = AnyCallback & Problem<Message>;

/** A pattern that the name fits, since names that are properties would be offered by an editor. */
type Pattern<Name extends string> = `${Name}${Uppercase<string>}`;

/** What events have and snapshots have not. */
export type OptionsOfEvents = {
  readonly [Name in Pattern<"deleteWhen" | "truncateWhen" | "ignoreNullUpdates">]: OptionOfAnotherName<
    Said<"ARG001:snapshots">
  >;
};

/** What the options `Own` are called elsewhere, but for what is an option itself. */
export type OptionsKnownAs<Own extends keyof Known> = {
  readonly [Name in Own as Pattern<Exclude<Known[Name][number], Own>>]: OptionOfAnotherName<
    Said<"ARG001:option", { ours: Name }>
  >;
} & { readonly [name: `${string}_${string}`]: OptionOfAnotherName<Said<"ARG001:snake">> };
