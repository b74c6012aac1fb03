/** Arguments that a rendering uses more than once: DuckDB works out an expression wherever its text stands. */
import { atom, BINDING, piece, plain, type Sql, union } from "../../functions/fragment.ts";

/** How many bodies are being written, one inside the other: each has a name of its own for what it holds. */
let depth = 0;

/**
 * SQL over arguments each of which is worked out once. Columns and constants stand as they are; anything else is held by
 * a list of one, whose element is a lambda's argument: a subquery would become a join.
 */
export function bound(args: readonly Sql[], body: (...args: readonly Sql[]) => Sql): Sql {
  const computed = args.filter((arg) => !arg.plain);
  const [only] = computed;
  if (!only) return body(...args);
  const name = depth === 0 ? "__held" : `__held_${depth}`;
  const alone = computed.length === 1;
  const value = (arg: Sql, i: number) => (arg.plain ? arg : plain(alone ? name : `${name}['a${i}']`));
  depth++;
  try {
    return atom`list_transform([${alone ? only : fields(args)}], lambda ${name}: ${unbraced(body(...args.map(value)))})[1]`;
  } finally {
    depth--;
  }
}

function fields(args: readonly Sql[]): Sql {
  const texts = args.flatMap((arg, i) => (arg.plain ? [] : [`'a${i}': ${arg.text}`]));
  return { ...piece(`{${texts.join(", ")}}`), macros: union(args) };
}

/** What stands between a colon and a parenthesis needs none of its own. */
function unbraced(sql: Sql): Sql {
  return { ...sql, binding: BINDING.atom };
}

/** So much text may be written more than once: with what stands in it, it stays little. */
const SHORT = 100;

/** As `bound`, for what costs less to work out again, by DuckDB's own macros or ours, than to hold in a list. */
export function boundLong(args: readonly Sql[], body: (...args: readonly Sql[]) => Sql): Sql {
  return bound(
    args.map((arg) => (arg.text.length <= SHORT && arg.macros.length === 0 ? { ...arg, plain: true } : arg)),
    body,
  );
}
