/** The run-time side of `Pipeline`. */

import {
  LAYERS,
  type Layer,
  type PipelineNode,
  type QueryTableNode,
  READS,
  type ScdTableNode,
  type TableNode,
} from "../../ast/pipeline.ts";
import { withoutPlaces } from "../../ast/places.ts";
import { countArguments, refuseMore } from "../../core/arity.ts";
import { markAsOurs, refuseOtherCopy, refuseOtherFiles } from "../../core/copies.ts";
import { describe, isRecord } from "../../core/describe.ts";
import type { DefinitionError } from "../../core/errors.ts";
import { freeze } from "../../core/freeze.ts";
import { record } from "../../core/given.ts";
import { callerLocation } from "../../core/location.ts";
import { nearest } from "../../core/nearest.ts";
import { replaceWord } from "../../core/replace-word.ts";
import { mistake, misused } from "../../diagnostics/mistake.ts";
import { type Saying, say } from "../../diagnostics/sentences.ts";
import type { Place } from "../../nodes/exprs.ts";
import { tableRefNode } from "../../nodes/relations.ts";
import { emptyPipeline, queryTableNode, scdTableNode, tablesByName, withTables } from "../../nodes/tables.ts";
import { NO_SETTINGS } from "../../settings/settings.ts";
import { called, checkCallback, refuseAsync, refuseNothing } from "../expr/callback.ts";
import { lazyRecord } from "../expr/lazy-record.ts";
import { refuseSpread, refuseUnknownMethods } from "../expr/no-value.ts";
import { RelationBuilder } from "../relation/builder.ts";
import { ChangesBuilder } from "../relation/changes-builder.ts";
import type { AnyPipeline, Pipeline } from "../typed/pipeline.ts";
import { givenPipeline } from "./given.ts";

type Refs = Readonly<Record<string, RelationBuilder>>;
type Define = (tables: Refs) => Readonly<Record<string, unknown>>;

class PipelineBuilder implements Readonly<Record<keyof Pipeline<0, 0, 0>, unknown>> {
  readonly #node: PipelineNode;

  constructor(node: PipelineNode) {
    this.#node = freeze(node);
  }

  get name(): string {
    return this.#node.name;
  }

  get tables(): Refs {
    return this.#refs(LAYERS, callerLocation());
  }

  toNode(): PipelineNode {
    return this.#node;
  }

  toJSON(): PipelineNode {
    return withoutPlaces(this.#node);
  }

  bronze(tables: Readonly<Record<string, unknown>>): PipelineBuilder {
    const at = callerLocation();
    if (typeof tables === "function") throw mistake(at, say("ARG001:sources"));
    return this.#add("bronze", record(tables, "bronze()", at), at);
  }

  silver(define: Define): PipelineBuilder {
    const at = callerLocation();
    return this.#add("silver", defined(define, "silver()", this.#refs(READS.silver, at), at), at);
  }

  gold(define: Define): PipelineBuilder {
    const at = callerLocation();
    return this.#add("gold", defined(define, "gold()", this.#refs(READS.gold, at), at), at);
  }

  scd1(define: Define): PipelineBuilder {
    return this.#changes("scd1", define);
  }

  scd2(define: Define): PipelineBuilder {
    return this.#changes("scd2", define);
  }

  include(other: AnyPipeline): PipelineBuilder {
    const at = callerLocation();
    refuseOtherFiles(other, at);
    // The same table is not a clash: modules that include the same dimensions are included together.
    const known = tablesByName(this.#node);
    const isKnown = ({ id, name }: TableNode) => known.get(name.toLowerCase())?.id === id;
    const added = givenPipeline(other, "include()").tables.filter((table) => !isKnown(table));
    return this.#extended(added, at);
  }

  #add(layer: Layer, tables: Readonly<Record<string, unknown>>, at: Place): PipelineBuilder {
    return this.#extended(
      Object.entries(tables).map(([name, table]) => queryTable(name, layer, table, at)),
      at,
    );
  }

  #changes(kind: "scd1" | "scd2", define: Define): PipelineBuilder {
    const at = callerLocation();
    const tables = Object.entries(defined(define, `${kind}()`, this.#refs(READS.silver, at), at));
    return this.#extended(
      tables.map(([name, changes]) => scdTable(name, kind, changes, at)),
      at,
    );
  }

  #extended(added: readonly TableNode[], at: Place): PipelineBuilder {
    return new PipelineBuilder(withTables(this.#node, added, at));
  }

  /** Tables as relations to read, made when they are read. */
  #refs(layers: readonly Layer[], at: Place): Refs {
    const all = this.#node.tables;
    return lazyRecord({
      parts: new Map(all.filter((t) => layers.includes(t.layer)).map((t) => [t.name, t])),
      make: (table) => reference(table, at),
      unknown: (name) => unknownTable(name, all, layers, at),
    });
  }
}

countArguments(PipelineBuilder.prototype, {
  fewer: "all",
  usage: { include: "include one after the other: a.include(b).include(c)" },
});
refuseUnknownMethods(PipelineBuilder.prototype);
markAsOurs(PipelineBuilder.prototype, "a pipeline");

/** The tables that the callback of a layer gives. */
function defined(define: Define, what: string, tables: Refs, at: Place): Readonly<Record<string, unknown>> {
  checkCallback(define, what, at, OF_TABLES);
  const given = called(define, [tables], what, at);
  refuseAsync(given, what, at);
  refuseNothing(given, what, at, OF_TABLES);
  if (isRecord(given)) {
    refuseSpread(given, at);
    return given;
  }
  throw misused(at, `the callback of ${what} gives no object of named tables`, OF_TABLES);
}

const OF_TABLES = "name each table, with parentheses around the braces: ($) => ({ orders: $.orders_raw.where(…) })";

function reference(table: TableNode, at: Place): RelationBuilder {
  const { key } = table.settings;
  return new RelationBuilder(
    tableRefNode(table.name, table.columns, at, table.id),
    key ? freeze({ ...NO_SETTINGS, key }) : NO_SETTINGS,
  );
}

function queryTable(name: string, layer: Layer, table: unknown, at: Place): QueryTableNode {
  if (!(table instanceof RelationBuilder)) {
    refuseOtherCopy(table, at);
    const said = noTable(table);
    throw mistake(at, { ...said, message: `"${name}": ${said.message}`, table: name });
  }
  return queryTableNode({ name, layer, query: table.toNode(), settings: table.toSettings() }, at);
}

/** What is said of something else than a relation. */
function noTable(value: unknown): Saying {
  if (value instanceof ChangesBuilder) return say("SCD001:changes");
  const parts: object = typeof value === "object" && value !== null ? value : {};
  if (Object.hasOwn(parts, "aggregate")) return say("REL001:grouped");
  if (Object.hasOwn(parts, "limit")) return say("REL001:sorted");
  const said = say("REL001");
  return { ...said, message: `${said.message}, not ${describe(value)}` };
}

function scdTable(name: string, kind: "scd1" | "scd2", given: unknown, at: Place): ScdTableNode {
  if (!(given instanceof ChangesBuilder)) {
    refuseOtherCopy(given, at);
    const said = say("SCD001");
    throw mistake(at, { ...said, message: `"${name}": ${said.message}`, table: name });
  }
  const parts = { changes: given.toNode(), changeFlows: given.toFlows(), settings: given.toSettings() };
  return scdTableNode({ kind, name, ...parts }, at);
}

function unknownTable(name: string, all: readonly TableNode[], layers: readonly Layer[], at: Place): DefinitionError {
  const hidden = all.find((table) => table.name === name);
  const named = callerLocation();
  if (hidden) {
    return mistake(named ?? at, {
      ...say(hidden.layer === "gold" ? "LAYER001:silver" : "LAYER001:gold", { table: name }),
      table: name,
    });
  }
  const known = all.filter((table) => layers.includes(table.layer)).map((table) => table.name);
  const near = nearest(name, known);
  const tables = `the tables are: ${known.join(", ") || "none yet"}; one of this call is read by a further call`;
  return mistake(named ?? at, {
    code: "TBL003",
    message: `there is no table "${name}"`,
    help: near ? `did you mean "${near}"?` : tables,
    table: name,
    ...replaceWord(named, name, near),
  });
}

/** A pipeline without tables. */
type EmptyPipeline = Pipeline<unknown, unknown, unknown>;

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
  refuseMore("pipeline", 1, arguments);
  return new PipelineBuilder(emptyPipeline(name, callerLocation())) as unknown as EmptyPipeline;
}

/** The builder of a pipeline that is there as data. */
export function pipelineOf(node: PipelineNode): AnyPipeline & { toJSON(): PipelineNode } {
  return new PipelineBuilder(node);
}
