/** The run-time side of `Pipeline`. */
import { type Place, sealed } from "../expr/build.ts";
import { describe } from "../expr/expression.ts";
import { nearest } from "../expr/record.ts";
import { RelationBuilder } from "../relation/builder.ts";
import { ChangesBuilder } from "../relation/changes-builder.ts";
import type { ChangesNode, ColumnFacts, SnapshotsNode } from "../relation/nodes.ts";
import { NO_SETTINGS, type TableSettings } from "../relation/settings.ts";
import { tableRefNode } from "../relation/steps.ts";
import { DefinitionError } from "../schema/errors.ts";
import { callerLocation } from "../schema/location.ts";
import { checkColumnNames } from "../schema/reserved.ts";
import { primitive } from "../schema/types.ts";
import { namesQuarantine } from "./companions.ts";
import { mayQuarantine } from "./kind.ts";
import { readManifest } from "./manifest.ts";
import {
  type Layer,
  MANIFEST_VERSION,
  type PipelineNode,
  type QueryTableNode,
  type ScdTableNode,
  type TableNode,
} from "./nodes.ts";
import type { AnyPipeline, Pipeline } from "./pipeline.ts";

type Refs = Readonly<Record<string, RelationBuilder>>;
type Define = (tables: Refs) => Readonly<Record<string, unknown>>;

class PipelineBuilder {
  readonly #node: PipelineNode;

  constructor(node: PipelineNode) {
    this.#node = Object.freeze(node);
  }

  get name(): string {
    return this.#node.name;
  }

  get tables(): Refs {
    return this.#refs(["bronze", "silver", "gold"], callerLocation());
  }

  toNode(): PipelineNode {
    return this.#node;
  }

  toJSON(): PipelineNode {
    return this.#node;
  }

  bronze(tables: Readonly<Record<string, unknown>>): PipelineBuilder {
    return this.#add("bronze", tables, callerLocation());
  }

  silver(define: Define): PipelineBuilder {
    const at = callerLocation();
    return this.#add("silver", define(this.#refs(["bronze", "silver"], at)), at);
  }

  gold(define: Define): PipelineBuilder {
    const at = callerLocation();
    return this.#add("gold", define(this.#refs(["silver", "gold"], at)), at);
  }

  scd1(define: Define): PipelineBuilder {
    return this.#changes("scd1", define);
  }

  scd2(define: Define): PipelineBuilder {
    return this.#changes("scd2", define);
  }

  include(other: AnyPipeline): PipelineBuilder {
    const at = callerLocation();
    return this.#extended(other.toNode().tables, at);
  }

  #add(layer: Layer, tables: Readonly<Record<string, unknown>>, at: Place): PipelineBuilder {
    return this.#extended(
      Object.entries(tables).map(([name, table]) => queryTable(name, layer, table, at)),
      at,
    );
  }

  #changes(kind: "scd1" | "scd2", define: Define): PipelineBuilder {
    const at = callerLocation();
    const tables = Object.entries(define(this.#refs(["bronze", "silver"], at)));
    return this.#extended(
      tables.map(([name, changes]) => scdTable(name, kind, changes, at)),
      at,
    );
  }

  #extended(added: readonly TableNode[], at: Place): PipelineBuilder {
    const taken = new Set(this.#node.tables.map((table) => table.name.toLowerCase()));
    for (const table of added) {
      if (taken.has(table.name.toLowerCase())) throw duplicateTable(table, at);
      taken.add(table.name.toLowerCase());
    }
    return new PipelineBuilder({ ...this.#node, tables: Object.freeze([...this.#node.tables, ...added]) });
  }

  /** Tables as relations to read, made when they are read. */
  #refs(layers: readonly Layer[], at: Place): Refs {
    const all = this.#node.tables;
    const visible = new Map(all.filter((t) => layers.includes(t.layer)).map((t) => [t.name, t]));
    const read = (name: string): RelationBuilder | undefined => {
      const table = visible.get(name);
      return table && reference(table, at);
    };
    return new Proxy<Record<string, RelationBuilder>>(
      {},
      {
        get: (_, name) => {
          if (typeof name === "symbol" || name === "then" || name === "toJSON") return undefined;
          const relation = read(name);
          if (relation) return relation;
          throw unknownTable(name, all, layers, at);
        },
        has: (_, name) => typeof name === "string" && visible.has(name),
        ownKeys: () => [...visible.keys()],
        getOwnPropertyDescriptor: (_, name) =>
          typeof name === "string" && visible.has(name)
            ? { configurable: true, enumerable: true, writable: false, value: read(name) }
            : undefined,
      },
    );
  }
}

function reference(table: TableNode, at: Place): RelationBuilder {
  const { key } = table.settings;
  return new RelationBuilder(tableRefNode(table.name, table.columns, at), key ? { ...NO_SETTINGS, key } : NO_SETTINGS);
}

function queryTable(name: string, layer: Layer, table: unknown, at: Place): QueryTableNode {
  checkName(name, at);
  if (!(table instanceof RelationBuilder)) {
    throw new DefinitionError({
      code: table instanceof ChangesBuilder ? "SCD001" : "REL001",
      message:
        table instanceof ChangesBuilder
          ? `"${name}" is change events`
          : `"${name}" is not a relation but ${describe(table)}`,
      help:
        table instanceof ChangesBuilder
          ? "give it to .scd1() or .scd2()"
          : "give a relation, such as $.orders.where(…)",
      location: at,
      table: name,
    });
  }
  const query = table.toNode();
  const settings = table.toSettings();
  const columns = query.columns.map((c) => c.name);
  if (settings.expectations.length > 0) checkColumnNames(columns, ["rules"], query.at ?? at);
  if (mayQuarantine(query, settings)) checkColumnNames(columns, ["quarantine"], query.at ?? at);
  const content = `table:${name}:${layer}:${query.id}:${settingsKey(settings)}`;
  return sealed<QueryTableNode>(
    { kind: "query", name, layer, columns: query.columns, query, settings },
    content,
    query.at ?? at,
  );
}

function scdTable(name: string, kind: "scd1" | "scd2", given: unknown, at: Place): ScdTableNode {
  checkName(name, at);
  if (!(given instanceof ChangesBuilder)) {
    throw new DefinitionError({
      code: "SCD001",
      message: `"${name}" is not change events but ${describe(given)}`,
      help: "say what identifies and orders them: $.customers_raw.changes({ key, sequenceBy })",
      location: at,
      table: name,
    });
  }
  const changes = given.toNode();
  const changeFlows = given.toFlows();
  const stored = changes.columns.map((c) => c.name);
  if (kind === "scd2") checkColumnNames(stored, ["history"], changes.at ?? at);
  const columns = kind === "scd1" ? changes.columns : historyColumns(changes);
  const described = given.toSettings();
  const settings = kind === "scd1" ? { ...described, key: changes.keys } : described;
  const flows = changeFlows.map((flow) => `${flow.name} ${flow.once} ${flow.changes.id}`).join();
  return sealed<ScdTableNode>(
    { kind, name, layer: "silver", columns, changes, changeFlows, settings },
    `table:${name}:${kind}:${changes.id}:${flows}:${settingsKey(settings)}`,
    changes.at ?? at,
  );
}

/** What a version's ends are: values of the sequence, with its labels. Snapshots without a version have the time of the update. */
function historyColumns(changes: ChangesNode | SnapshotsNode): readonly ColumnFacts[] {
  const sequence = changes.kind === "changes" ? changes.sequence : changes.version;
  const updateTime = {
    type: primitive("timestamp"),
    labels: Object.freeze([]),
    unit: "",
    additivity: "additive",
  } as const;
  const { type, labels, unit, additivity } = sequence ?? updateTime;
  const facts = { type, labels, unit, additivity };
  return Object.freeze([
    ...changes.columns,
    Object.freeze({ name: "__START_AT", nullable: false, ...facts }),
    Object.freeze({ name: "__END_AT", nullable: true, ...facts }),
  ]);
}

function settingsKey(settings: TableSettings): string {
  const { references, expectations, flows, ...plain } = settings;
  const ids = [references, expectations, flows].map((nodes) => nodes.map((node) => node.id));
  return JSON.stringify([plain, ...ids]);
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

function checkName(name: string, at: Place): void {
  if (NAME.test(name) && name.length <= 200 && !namesQuarantine(name)) return;
  throw new DefinitionError({
    code: "TBL002",
    message: `"${name}" cannot name a table`,
    help: "letters, digits and _, at most 200, not ending in _quarantine (that is where broken rows go)",
    location: at,
    table: name,
  });
}

function duplicateTable(table: TableNode, at: Place): DefinitionError {
  return new DefinitionError({
    code: "TBL001",
    message: `there is a table "${table.name}" already`,
    help: "give this one another name; a table's name is its own in the whole pipeline",
    location: table.at ?? at,
    table: table.name,
  });
}

function unknownTable(name: string, all: readonly TableNode[], layers: readonly Layer[], at: Place): DefinitionError {
  const hidden = all.find((table) => table.name === name);
  if (hidden) {
    return new DefinitionError({
      code: "LAYER001",
      message: `"${name}" is ${hidden.layer}, which this layer does not read`,
      help: "bronze reads sources, silver reads bronze and silver, gold reads silver and gold",
      location: at,
      table: name,
    });
  }
  const known = all.filter((table) => layers.includes(table.layer)).map((table) => table.name);
  const near = nearest(name, known);
  return new DefinitionError({
    code: "TBL003",
    message: `there is no table "${name}"`,
    help: near ? `did you mean "${near}"?` : `the tables are: ${known.join(", ") || "none yet"}`,
    location: at,
    table: name,
  });
}

/** A pipeline without tables. */
export type EmptyPipeline = Pipeline<Record<never, never>, Record<never, never>, Record<never, never>>;

/**
 * Begins a pipeline.
 *
 * @throws MedallionError `TBL002` where the name is empty.
 * @example
 * ```ts
 * import { pipeline, source, t } from "medallion";
 * export default pipeline("shop")
 *   .bronze({ orders_raw: source.json("orders/*.json", { id: t.bigint(), amount: t.decimal(12, 2), country: t.string() }) })
 *   .silver(($) => ({ orders: $.orders_raw.where((o) => o.amount.gt(0)).key((o) => o.id) }))
 *   .gold(($) => ({
 *     revenue: $.orders.groupBy((o) => ({ country: o.country })).aggregate((o) => ({ revenue: o.amount.sum() })),
 *   }));
 * ```
 */
export function pipeline(name: string): EmptyPipeline {
  const at = callerLocation();
  if (typeof name !== "string" || !NAME.test(name)) {
    throw new DefinitionError({
      code: "TBL002",
      message: `${JSON.stringify(name)} cannot name a pipeline`,
      help: "letters, digits and _",
      location: at,
    });
  }
  return new PipelineBuilder({
    version: MANIFEST_VERSION,
    name,
    tables: Object.freeze([]),
  }) as unknown as EmptyPipeline;
}

/**
 * A pipeline from its manifest (`JSON.parse(JSON.stringify(p))`). It compiles to the same SQL. Its tables have no
 * static types.
 *
 * @throws MedallionError `MAN001` where the value is not a manifest of this version.
 * @example
 * ```ts
 * import { compile, fromManifest, pipeline, source, t } from "medallion";
 * const p = pipeline("demo").bronze({ raw: source.json("raw/*.json", { id: t.bigint() }) });
 * const same = fromManifest(JSON.parse(JSON.stringify(p)));
 * console.log(compile(same, { target: "duckdb" }).files.length);
 * ```
 */
export function fromManifest(json: unknown): AnyPipeline & { toJSON(): PipelineNode } {
  return new PipelineBuilder(readManifest(json));
}
