/**
 * Where the version of snapshots comes from. The state of each version can be told where the version is the greatest
 * value of an expression over the rows of a table that are there as they were delivered: the state is then the query
 * over the rows up to that version.
 */
import type { ColumnNode, ExprNode } from "./expr.ts";
import type { TablesByName } from "./pipeline.ts";
import type { RelationNode, SnapshotsNode, TableKind } from "./relation.ts";
import { derivation, itemOf, subexpressions } from "./walk.ts";

/** The version that a row of a table belongs to: a column, or an expression over others that are told in turn. */
export type VersionOrigin = { readonly table: string } & (
  | { readonly column: string }
  | { readonly expr: ExprNode; readonly columns: ReadonlyMap<string, VersionOrigin> }
);

interface VersionSearch {
  readonly tables: TablesByName;
  readonly kinds: ReadonlyMap<string, TableKind>;
}

/** A column of an expression over one or two inputs, as a key of `columns`. */
export const columnKey = ({ side, name }: ColumnNode): string => `${side}.${name}`;

/** The tables that the version is the greatest value over; `undefined` where that cannot be told. */
export function versionOrigins(
  { input, version }: SnapshotsNode,
  search: VersionSearch,
): readonly VersionOrigin[] | undefined {
  return version?.kind === "aggregate" ? new Tracer(search).greatest(version, [input]) : undefined;
}

type Found = readonly VersionOrigin[] | undefined;

class Tracer {
  readonly #search: VersionSearch;
  /** The tables whose queries are being followed: nodes that no builder made may read each other. */
  readonly #within = new Set<string>();

  constructor(search: VersionSearch) {
    this.#search = search;
  }

  /** What is the greatest of a value is the greatest of where the value comes from, grouped or not. */
  greatest(node: ExprNode, sides: readonly RelationNode[]): Found {
    if (node.kind !== "aggregate" && node.kind !== "window") return undefined;
    const [value] = node.args;
    const filtered = node.kind === "aggregate" && node.filter !== undefined;
    return node.fn === "max" && value && !filtered ? this.#expr(value, sides) : undefined;
  }

  #expr(node: ExprNode, sides: readonly RelationNode[]): Found {
    if (node.kind === "column") {
      const side = sides[node.side];
      return side && this.#column(side, node.name);
    }
    if (node.kind === "aggregate" || node.kind === "window") return this.greatest(node, sides);
    const parts = subexpressions(node);
    if (parts.some((part) => part.kind === "aggregate" || part.kind === "window" || part.kind === "raw")) {
      return undefined;
    }
    const columns = parts.filter((part) => part.kind === "column");
    return combined(
      node,
      columns.map((column) => [columnKey(column), this.#expr(column, sides)] as const),
    );
  }

  #column(node: RelationNode, name: string): Found {
    if (node.kind === "source") return undefined;
    if (node.kind === "table") return this.#table(node.table, name);
    const made = derivation(node);
    if (!made.items) return together(made.inputs.map((input) => this.#column(input, name)));
    const expr = itemOf(made, name);
    return expr && this.#expr(expr, made.inputs);
  }

  /** The rows of a stream, and those of a source that is read as a whole, are there as they were delivered. */
  #table(name: string, column: string): Found {
    const table = this.#search.tables.get(name);
    if (table?.kind !== "query" || this.#within.has(name)) return undefined;
    if (this.#search.kinds.get(name) === "streaming" || table.query.kind === "source") return [{ table: name, column }];
    this.#within.add(name);
    const found = this.#column(table.query, column);
    this.#within.delete(name);
    return found;
  }
}

/** An expression over columns that come from the same tables, table by table. */
function combined(expr: ExprNode, columns: readonly (readonly [key: string, found: Found])[]): Found {
  const [, first] = columns[0] ?? [];
  const all = first?.map(({ table }, i): VersionOrigin | undefined => {
    const own = columns.flatMap(([key, found]) => {
      const origin = found?.length === first.length ? found[i] : undefined;
      return origin?.table === table ? [[key, origin] as const] : [];
    });
    return own.length === columns.length ? { table, expr, columns: new Map(own) } : undefined;
  });
  return all?.every((origin) => origin !== undefined) ? all : undefined;
}

/** The origins of all inputs: each table once, since its rows are restricted in one way. */
function together(inputs: readonly Found[]): Found {
  const all = new Map<string, VersionOrigin>();
  for (const origins of inputs) {
    if (!origins) return undefined;
    for (const origin of origins) {
      const known = all.get(origin.table);
      if (known && signature(known) !== signature(origin)) return undefined;
      all.set(origin.table, origin);
    }
  }
  return [...all.values()];
}

function signature(origin: VersionOrigin): string {
  if ("column" in origin) return JSON.stringify(origin.column);
  const columns = [...origin.columns].map(([key, of]) => `${key}=${signature(of)}`);
  return `${origin.expr.id}(${columns.join()})`;
}
