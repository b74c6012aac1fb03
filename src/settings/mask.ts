import type { Cursor } from "../core/cursor.ts";
import { freeze } from "../core/freeze.ts";
import { checkOptionNames, record } from "../core/given.ts";
import type { AnyExpr } from "../typed/base.ts";
import { functionName, readFunction } from "./parts.ts";
import type { Callback, Reading, Setting } from "./setting.ts";

/** A column mask: the catalog's function that decides what a reader sees of a column. */
export interface MaskNode {
  readonly column: string;
  /** Name of a SQL function, `governance.mask_email`. Its first argument is the column. */
  readonly function: string;
  /** Columns that are its other arguments. */
  readonly using: readonly string[];
}

/** A function of the catalog that masks a column. `using` names the columns that are its further arguments. */
export interface Mask<S> {
  /** Name of a SQL function, `"governance.mask_email"`. Its first argument is the column. */
  readonly function: string;
  readonly using?: (columns: S) => AnyExpr | readonly AnyExpr[];
}

type Given = Readonly<Record<string, string | { readonly function: string; readonly using?: Callback }>>;

export const masks = {
  empty: freeze([]),
  of: "tables",
  decides: "nothing",
  stored: true,
  ofCompanions: true,
  given: (all) => all.map((mask) => `mask "${mask.column}"`),
  columns: (all) => all.flatMap((mask) => [mask.column, ...mask.using]),
  read: (json, of) => freeze(json.list().map((one) => readMask(one, of))),
  methods: {
    mask: ({ now, at, column, names }, given: Given) => {
      const added = Object.entries(record(given, "mask()", at)).map(([masked, how]): MaskNode => {
        const parts = typeof how === "string" ? { function: how } : how;
        checkOptionNames(parts, `mask() of "${masked}"`, { required: ["function"], optional: ["using"] }, at);
        const { function: name, using } = parts;
        return freeze({
          column: column(masked),
          function: functionName(name, at),
          using: using === undefined ? freeze([]) : names(using),
        });
      });
      const kept = now.filter((mask) => !added.some((a) => a.column === mask.column));
      return freeze([...kept, ...added]);
    },
  },
  features: { mask: "mask()" },
  uses: (all) => all.map((value) => ({ feature: "mask" as const, value, subject: value.column })),
} as const satisfies Setting<readonly MaskNode[]>;

function readMask(json: Cursor, { column, names }: Reading): MaskNode {
  json.only(["column", "function", "using"]);
  return freeze({
    column: column(json.get("column")),
    function: readFunction(json),
    using: names(json.get("using")),
  });
}
