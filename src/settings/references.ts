import type { NodeBase } from "../ast/expr.ts";
import { sealed } from "../ast/sealed.ts";
import type { Cursor } from "../core/cursor.ts";
import { freeze } from "../core/freeze.ts";
import type { Place } from "../core/location.ts";
import { mistake } from "../diagnostics/mistake.ts";
import { arity, missingKey } from "./key.ts";
import type { Callback, Reading, Setting } from "./setting.ts";

/** `references()`: columns that hold the key of another table. */
export interface ForeignKeyNode extends NodeBase {
  readonly columns: readonly string[];
  readonly table: string;
  /** The referenced table's key. */
  readonly key: readonly string[];
}

export const references = {
  empty: freeze([]),
  of: "queries",
  decides: "nothing",
  stored: true,
  ofRows: true,
  given: (all) => all.map((one) => `references() of "${one.table}"`),
  columns: (all) => all.flatMap((one) => one.columns),
  read: (json, of) => freeze(json.list().map((one) => readReference(one, of))),
  methods: {
    references: ({ now, at, names, relation }, other: unknown, columns: Callback) => {
      const { node, key } = relation(other, "references()");
      if (node.kind !== "table") {
        throw mistake(at, {
          code: "FK003",
          message: "references() accepts a table, not a query",
          help: "make the query a separate table and reference that",
        });
      }
      if (!key) throw missingKey("references", at);
      return freeze([...now, foreignKeyNode(names(columns), node.table, key, at)]);
    },
  },
  features: { references: "references()" },
  uses: (all) =>
    all.map((value) => ({
      feature: "references" as const,
      value,
      subject: value.columns.join(", "),
      at: value.at,
    })),
} as const satisfies Setting<readonly ForeignKeyNode[]>;

function foreignKeyNode(columns: readonly string[], table: string, key: readonly string[], at: Place): ForeignKeyNode {
  if (columns.length !== key.length) throw arity("references", columns.length, key, at);
  const content = `fk:${columns.join()}:${table}:${key.join()}`;
  return sealed<ForeignKeyNode>({ columns, table, key }, content, at);
}

function readReference(json: Cursor, { names, table }: Reading): ForeignKeyNode {
  json.only(["id", "at", "columns", "table", "key"]);
  const target = table(json.get("table"));
  const key = json.get("key").strings();
  if (key.join("\n") !== (target.key ?? []).join("\n")) json.get("key").fail(`is not the key of "${target.name}"`);
  const own = names(json.get("columns"));
  return json.build(() => foreignKeyNode(own, target.name, key, json.place()));
}
