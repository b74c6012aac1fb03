/** The run-time side of `Relation`: an immutable builder over relation nodes. */

import type { OrderNode } from "../../ast/expr.ts";
import type { ColumnFacts, NamedExpr, RelationNode } from "../../ast/relation.ts";
import { DefinitionError } from "../../core/errors.ts";
import { callerLocation } from "../../core/location.ts";
import { say } from "../../diagnostics/sentences.ts";
import { arity, missingKey } from "../../settings/key.ts";
import type { Callback } from "../../settings/setting.ts";
import { NO_SETTINGS, ofRows, type TableSettings } from "../../settings/settings.ts";
import { callNode, type Place } from "../expr/build.ts";
import { toNode, toOrders } from "../expr/expression.ts";
import { columnRecord, namedNodes } from "../expr/record.ts";
import { list, namesOf, predicate } from "./arguments.ts";
import { type ChangeOptions, ChangesBuilder, changesOf, type SnapshotOptions, snapshotsOf } from "./changes-builder.ts";
import { DescribedBuilder, inputOf } from "./described-builder.ts";
import { OWN_TABLE, refuseLoss } from "./loss.ts";
import * as step from "./steps.ts";

export class RelationBuilder extends DescribedBuilder {
  readonly #node: RelationNode;
  readonly #settings: TableSettings;

  constructor(node: RelationNode, settings: TableSettings = NO_SETTINGS) {
    super();
    this.#node = node;
    this.#settings = settings;
  }

  toNode(): RelationNode {
    return this.#node;
  }

  toSettings(): TableSettings {
    return this.#settings;
  }

  /** Row-wise steps keep the key and what it references; other settings come last. */
  #step(node: RelationNode, rows: boolean, at: Place): RelationBuilder {
    const { message: help } = say("SET001:steps");
    refuseLoss(this.#settings, "a further query step", { help, at, rows });
    return new RelationBuilder(node, rows ? ofRows(this.#settings) : NO_SETTINGS);
  }

  protected override withSettings(settings: TableSettings): this {
    return new RelationBuilder(this.#node, settings) as this;
  }

  static {
    DescribedBuilder.install(RelationBuilder.prototype, "queries");
  }

  #record(at: Place, side: 0 | 1 = 0, columns: readonly ColumnFacts[] = this.#node.columns): Record<string, unknown> {
    return columnRecord(columns, side, at);
  }

  where(condition: Callback): RelationBuilder {
    const at = callerLocation();
    return this.#step(step.whereNode(this.#node, predicate(condition(this.#record(at)), at), at), true, at);
  }

  whereNotNull(columns: Callback): RelationBuilder {
    const at = callerLocation();
    const given = columns(this.#record(at));
    const items = namedNodes(given, at);
    const names = namesOf(given, "whereNotNull", at);
    const renamed = items.find((item, i) => item.name !== names[i]);
    if (renamed) throw renamedColumn(renamed.name, at);
    const tests = items.map((item) => callNode("isNotNull", [item.expr], undefined, at));
    const all = tests.length === 1 ? tests[0] : callNode("and", tests, undefined, at);
    if (!all) throw new DefinitionError({ code: "EXPR002", message: "whereNotNull() needs a column", location: at });
    const facts = this.#node.columns.map((c) =>
      names.includes(c.name) ? Object.freeze({ ...c, nullable: false }) : c,
    );
    return this.#step(step.whereNode(this.#node, all, at, Object.freeze(facts)), true, at);
  }

  select(columns: Callback): RelationBuilder {
    const at = callerLocation();
    return this.#step(step.projectNode(this.#node, namedNodes(columns(this.#record(at)), at), at), false, at);
  }

  derive(columns: Callback): RelationBuilder {
    const at = callerLocation();
    const record = this.#record(at);
    const items = namedNodes({ ...record, ...(columns(record) as object) }, at);
    return this.#step(step.projectNode(this.#node, items, at), true, at);
  }

  lookup(other: unknown, on: Callback, select: Callback): RelationBuilder {
    const at = callerLocation();
    const right = inputOf(other, "lookup()", at);
    const { key } = right;
    if (!key) throw missingKey("lookup", at);
    const columns = list(on(this.#record(at))).map((value) => toNode(value, at));
    if (columns.length !== key.length) throw arity("lookup", columns.length, key, at);
    const facts = step.brought(right.node.columns, { nullable: true, repeated: true });
    const items = namedNodes(select(this.#record(at), this.#record(at, 1, facts)), at);
    return this.#step(step.lookupNode({ left: this.#node, right: right.node }, columns, key, items, at), false, at);
  }

  join(other: unknown, on: Callback, select: Callback): RelationBuilder {
    return this.#join("inner", other, on, select);
  }

  leftJoin(other: unknown, on: Callback, select: Callback): RelationBuilder {
    return this.#join("left", other, on, select);
  }

  fullJoin(other: unknown, on: Callback, select: Callback): RelationBuilder {
    return this.#join("full", other, on, select);
  }

  #join(type: "inner" | "left" | "full", other: unknown, on: Callback, select: Callback): RelationBuilder {
    const at = callerLocation();
    const right = inputOf(other, type === "inner" ? "join()" : `${type}Join()`, at).node;
    const condition = predicate(on(this.#record(at), this.#record(at, 1, right.columns)), at);
    const leftFacts = step.brought(this.#node.columns, { nullable: type === "full", repeated: true });
    const rightFacts = step.brought(right.columns, { nullable: type !== "inner", repeated: true });
    const items = namedNodes(select(this.#record(at, 0, leftFacts), this.#record(at, 1, rightFacts)), at);
    return this.#step(step.joinNode(type, { left: this.#node, right }, condition, items, at), false, at);
  }

  semiJoin(other: unknown, on: Callback): RelationBuilder {
    return this.#filterJoin("semi", other, on);
  }

  antiJoin(other: unknown, on: Callback): RelationBuilder {
    return this.#filterJoin("anti", other, on);
  }

  #filterJoin(type: "semi" | "anti", other: unknown, on: Callback): RelationBuilder {
    const at = callerLocation();
    const right = inputOf(other, `${type}Join()`, at).node;
    const condition = predicate(on(this.#record(at), this.#record(at, 1, right.columns)), at);
    return this.#step(step.joinNode(type, { left: this.#node, right }, condition, [], at), true, at);
  }

  asOfJoin(other: unknown, options: { on: Callback; at: Callback; select: Callback }): RelationBuilder {
    const at = callerLocation();
    const right = inputOf(other, "asOfJoin()", at).node;
    const rightColumns = this.#record(at, 1, right.columns);
    const on = predicate(options.on(this.#record(at), rightColumns), at);
    const time = toNode(options.at(this.#record(at)), at);
    const facts = step.brought(right.columns, { nullable: true, repeated: true });
    const items = namedNodes(options.select(this.#record(at), this.#record(at, 1, facts)), at);
    return this.#step(step.asOfJoinNode({ left: this.#node, right }, on, time, items, at), false, at);
  }

  union(other: unknown): RelationBuilder {
    const at = callerLocation();
    return this.#step(step.unionNode([this.#node, inputOf(other, "union()", at).node], at), false, at);
  }

  groupBy(columns: Callback): { aggregate(measures: Callback): RelationBuilder } {
    const at = callerLocation();
    const groups = namedNodes(columns(this.#record(at)), at);
    return Object.freeze({ aggregate: (measures: Callback) => this.#aggregate(groups, measures) });
  }

  aggregate(measures: Callback): RelationBuilder {
    return this.#aggregate([], measures);
  }

  #aggregate(groups: readonly NamedExpr[], measures: Callback): RelationBuilder {
    const at = callerLocation();
    const items = namedNodes(measures(this.#record(at)), at);
    const plain = items.find((item) => item.expr.kind !== "aggregate");
    if (plain) {
      throw new DefinitionError({
        code: "AGG001",
        message: `"${plain.name}" is not an aggregate`,
        help: "give sum(), count(), max(), …; put the columns to group by into groupBy()",
        location: at,
        column: plain.name,
      });
    }
    return this.#step(step.aggregateStepNode(this.#node, groups, items, at), false, at);
  }

  dedupe(options: { key: Callback; orderBy: Callback }): RelationBuilder {
    const at = callerLocation();
    const keys = list(options.key(this.#record(at))).map((value) => toNode(value, at));
    const orderBy = toOrders(options.orderBy(this.#record(at)), at);
    return this.#step(step.dedupeNode(this.#node, keys, orderBy, at), true, at);
  }

  orderBy(order: Callback): { limit(count: number): RelationBuilder } {
    const at = callerLocation();
    const orderBy = toOrders(order(this.#record(at)), at);
    return Object.freeze({ limit: (count: number) => this.#limit(orderBy, count) });
  }

  #limit(orderBy: readonly OrderNode[], count: number): RelationBuilder {
    const at = callerLocation();
    if (!Number.isSafeInteger(count) || count < 0) {
      throw new DefinitionError({ code: "ARG001", message: "limit() takes a whole number, 0 or more", location: at });
    }
    return this.#step(step.limitNode(this.#node, orderBy, count, at), true, at);
  }

  pipe<T>(apply: (relation: this) => T): T {
    return apply(this);
  }

  changes(options: ChangeOptions): ChangesBuilder {
    const at = callerLocation();
    return new ChangesBuilder(changesOf(this.#eventsOf("changes()", at), options, at));
  }

  snapshots(options: SnapshotOptions): ChangesBuilder {
    const at = callerLocation();
    return new ChangesBuilder(snapshotsOf(this.#eventsOf("snapshots()", at), options, at));
  }

  /** What is set for the rows of events is not set for the table that they make. */
  #eventsOf(what: string, at: Place): RelationNode {
    refuseLoss(this.#settings, what, { help: OWN_TABLE, at });
    return this.#node;
  }
}

function renamedColumn(column: string, at: Place): DefinitionError {
  return new DefinitionError({
    ...say("KEY002:whereNotNull", { column }),
    location: at,
    column,
  });
}
