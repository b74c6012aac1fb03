/**
 * What a setting of a table is: everything that is known of it, but for what a target does with it. One file each in
 * this folder, one line each in `settings.ts`, and one in the `treatments.ts` of each target.
 */
import type { ExprNode } from "../ast/expr.ts";
import type { RelationNode } from "../ast/relation.ts";
import type { Cursor } from "../core/cursor.ts";
import type { Place } from "../core/location.ts";
import type { AnySettingDefinition } from "./plugin-settings.ts";

/** A callback of the user: from records of columns to columns or expressions. */
export type Callback = (...records: readonly Record<string, unknown>[]) => unknown;

/** What the builder gives to a method of a setting. */
export interface Taking<Now> {
  /** What is set so far. */
  readonly now: Now;
  readonly at: Place;
  /** The name of a column that the table must have. */
  readonly column: (name: string) => string;
  /** The names of the columns that a callback gives: `least` of them, by default one. */
  readonly names: (columns: Callback, least?: 0) => readonly string[];
  /** The condition that a callback gives. */
  readonly condition: (rule: Callback) => ExprNode;
  /** Another relation, which must have no settings that would be lost. */
  readonly relation: (given: unknown, what: string) => OtherRelation;
}

export interface OtherRelation {
  readonly node: RelationNode;
  readonly key: readonly string[] | undefined;
}

/** What the manifest gives to the reader of a setting: what may be named in its JSON. */
export interface Reading {
  /** The name of a column of the table. */
  readonly column: (json: Cursor) => string;
  /** Names of columns of the table: `least` of them, by default none. */
  readonly names: (json: Cursor, least?: 1) => readonly string[];
  readonly condition: (json: Cursor) => ExprNode;
  readonly relation: (json: Cursor) => RelationNode;
  /** A table that this one may read. */
  readonly table: (json: Cursor) => { readonly name: string; readonly key: readonly string[] | undefined };
}

/** A feature that a table uses: a setting, or a part of it that targets treat in their own ways. */
export interface Use<Feature extends string = string, Value = unknown> {
  readonly feature: Feature;
  /** What was set. */
  readonly value: Value;
  /** What it is used for, where there may be several: the name of a rule, a column. */
  readonly subject?: string | undefined;
  readonly at?: string | undefined;
  /** Of a setting that is not built in. */
  readonly definition?: AnySettingDefinition;
}

/** What of a value decides rows, and what does not, by name. */
interface Split<Value> {
  readonly rows: Value;
  readonly nothing: Readonly<Record<string, unknown>>;
}

/**
 * A setting whose values are `Value`. `Empty` is what a table has where nobody set it: an empty list, `false`, or
 * `undefined`.
 */
export interface Setting<Value, Empty = Value, Made = Value> {
  readonly empty: Empty;
  /** Which tables may have it: all, or those that queries make. */
  readonly of: "tables" | "queries";
  /**
   * Whether it decides the rows of its table. If so, a change of it is planned (recompute, rebuild, refuse); if not, it
   * is applied to the table as it is. A function splits a value of which some parts do.
   */
  readonly decides: "rows" | "nothing" | ((value: Value) => Split<Made>);
  /** Only a stored table has it: a temporary view does not. */
  readonly stored?: true;
  /** It is about the rows: a step that only leaves out rows, or adds columns, keeps it. */
  readonly ofRows?: true;
  /** It is about who may see the values, so it holds for the table's companions as well. */
  readonly ofCompanions?: true;
  /** How it was given, as the builder writes it: named in the error where it would be lost. */
  readonly given: (value: Value) => readonly string[];
  /** The columns that it names, which must be there. */
  readonly columns?: (value: Value) => readonly string[];
  /** Its value in a manifest. */
  readonly read: (json: Cursor, of: Reading) => Made;
  /** The methods that set it, each from what is set so far and from its arguments to the new value. */
  readonly methods: Readonly<Record<string, (taking: Taking<Value | Empty>, ...given: never[]) => Made>>;
  /** What targets treat in their own ways, each as the builder writes it. */
  readonly features: Readonly<Record<string, string>>;
  /** The features that a value uses. */
  readonly uses: (value: Value, isStream: (query: RelationNode) => boolean) => readonly Use[];
}

/** Any setting: what accepts a value must be given its own. */
export type AnySetting = Omit<Setting<never, never, unknown>, "empty"> & { readonly empty: unknown };

/**
 * A value, for code that goes over all settings: tsc cannot pair each with its own. Where values come from it can: those of a
 * table are typed by the list, those of features by the cells of a target, and what users give is checked by each method.
 */
export const forItsSetting = (value: unknown): never => value as never;
