import { freeze } from "../core/freeze.ts";
import { functionName, readFunction } from "./parts.ts";
import type { Callback, Setting } from "./setting.ts";

/** A row filter: the catalog's function that decides which rows a reader sees. */
export interface RowFilterNode {
  readonly function: string;
  /** Columns that are its arguments. */
  readonly on: readonly string[];
}

export const rowFilter = {
  empty: undefined,
  of: "tables",
  decides: "nothing",
  ofCompanions: true,
  stored: true,
  given: () => ["rowFilter()"],
  columns: (filter) => filter.on,
  read: (json, { names }) => {
    json.only(["function", "on"]);
    return freeze({ function: readFunction(json), on: names(json.get("on")) });
  },
  methods: {
    rowFilter: ({ at, names }, name: string, columns: Callback) =>
      freeze({ function: functionName(name, at), on: names(columns, 0) }),
  },
  features: { rowFilter: "rowFilter()" },
  uses: (value) => [{ feature: "rowFilter" as const, value, subject: value.function }],
} as const satisfies Setting<RowFilterNode, undefined>;
