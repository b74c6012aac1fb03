/** A dialect: how one target spells names, constants, types and casts. All else is shared. */

import type { CastNode, LiteralNode, ParamNode, WindowNode } from "../ast/expr.ts";
import type { CompileError } from "../core/errors.ts";
import { refusal } from "../diagnostics/mistake.ts";
import type { Macro, Sql } from "../functions/fragment.ts";
import type { FunctionName } from "../functions/index.ts";
import type { FunctionDefinition } from "../functions/plugin-functions.ts";
import type { AggregateRendering, Rendering } from "../functions/spec.ts";
import type { SqlType } from "../types/types.ts";
import type { Weigh } from "./steps.ts";

export interface Dialect {
  /** As errors name it. */
  readonly name: string;
  /** Writes an identifier, quoted where it must be. */
  readonly identifier: (name: string) => string;
  /** Writes a string constant. */
  readonly text: (value: string) => Sql;
  readonly typeName: (type: SqlType) => string;
  readonly literal: (node: LiteralNode) => Sql;
  /** Writes a cast of `sql`. */
  readonly cast: (node: CastNode, sql: Sql) => Sql;
  /** Writes SQL over a value that is worked out once, where the engine can be told to. */
  readonly once: (sql: Sql, body: (value: Sql) => Sql) => Sql;
  /** Writes a value that ends the statement with a message. */
  readonly fail: (message: Sql) => Sql;
  /** Makes a value of a type one of a wider type, where the engine does not do so by itself. */
  readonly coerce: (sql: Sql, from: SqlType, to: SqlType) => Sql;
  /** A function's SQL for this dialect. */
  readonly rendering: (fn: FunctionName) => Rendering | AggregateRendering;
  /** The SQL of a function of a plugin. */
  readonly outside: (definition: FunctionDefinition) => Rendering | AggregateRendering;
  /** Writes a parameter of the pipeline. */
  readonly param: (node: ParamNode) => Sql;
  /** Writes the window function that gives the last value that is not null, without its OVER. */
  readonly lastNotNull: (sql: string) => string;
  /** Whether a time is before the end of a version, where no end is a null. */
  readonly beforeEnd: (time: Sql, end: Sql, type: SqlType) => Sql;
  /** What an operation adds to the planning of an expression. Absent: expressions may be as long as they are. */
  readonly weigh?: Weigh;
  /**
   * Outer joins, and the semi and anti joins that the engine has, are hashed only where their conditions compare the sides:
   * with any other all rows are tried. EXISTS is always hashed, but reads all rows of both sides.
   */
  readonly hashesComparisons?: boolean;
  /**
   * Writes a hash of keys. Of rows to dedupe, the engine then windows those alone whose keys hash as those of another row
   * do: it finds them in a fraction of the time of a window, and most rows have a key of their own. Absent: all are windowed.
   */
  readonly hashOf?: (keys: string) => string;
  /**
   * Whether the value of a window over a whole partition is to be worked out once per partition and joined: the engine
   * would gather the values of the partition for each of its rows.
   */
  readonly gathers?: (window: WindowNode) => boolean;
  /**
   * How many queries may stand on each other where the engine plans them at once: joins and unions make it look through those
   * below, and groups and windows, which count for eight of them, make it plan those below twice. Absent: any number.
   */
  readonly stackedAtOnce?: number;
  /** The functions of raw SQL are the engine's own: it has none that a catalog holds. */
  readonly onlyOwnFunctions?: boolean;
  /** The engine has no QUALIFY: rows are left out by windows in a SELECT around them. */
  readonly lacksQualify?: boolean;
  /** Values of every type are compared and ordered, maps and variants too. */
  readonly ordersAnyType?: boolean;
  /** Is told of each macro that a printed expression calls. */
  readonly called?: (macro: Macro) => void;
  readonly struct: (fields: readonly { readonly name: string; readonly sql: Sql }[]) => Sql;
}

/** Words that one of the dialects reserves: quoted wherever they name something. */
const RESERVED = new Set(
  `all analyse analyze and anti any array as asc at between both by case cast check collate column constraint create cross current current_date
  current_time current_timestamp current_user date default deferrable delete desc describe distinct drop else end escape except exists false fetch filter
  for foreign from full function grant group having in initially inner insert intersect interval into is join lambda lateral leading left like limit
  map merge minus natural not null of offset on only or order outer overlaps partition pivot placing primary qualify references returning right row rows
  select semi session_user set show some struct summarize symmetric table tablesample then time timestamp to trailing trim true union unique unknown unpivot
  update user using values variadic view when where window with`.split(/\s+/),
);

const MOST = 10_000;

/** How a dialect writes names: as they are, or in its quotes. `words`: what it alone reserves. */
export function identifiers(quoted: (name: string) => string, words: ReadonlySet<string>): (name: string) => string {
  // Each column is written many times.
  const written = new Map<string, string>();
  return (name) => {
    const before = written.get(name);
    if (before !== undefined) return before;
    const word = name.toLowerCase();
    const plain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !RESERVED.has(word) && !words.has(word);
    const sql = plain ? name : quoted(name);
    if (written.size >= MOST) written.clear();
    written.set(name, sql);
    return sql;
  };
}

export function refuse(dialect: string, what: string, why: string, at: string | undefined): CompileError {
  return refusal({
    code: "TARGET001",
    message: `${dialect} cannot do ${what} as Spark does`,
    help: why,
    location: at,
  });
}
