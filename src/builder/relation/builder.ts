/** The run-time side of `Relation`: an immutable builder over relation nodes. */

import { columnNamed } from "../../ast/columns.ts";
import type { ExprNode, OrderNode } from "../../ast/expr.ts";
import type { NamedExpr, RelationNode } from "../../ast/relation.ts";
import { countArguments } from "../../core/arity.ts";
import type { DefinitionError } from "../../core/errors.ts";
import { freeze } from "../../core/freeze.ts";
import { checkOptionNames } from "../../core/given.ts";
import { callerLocation } from "../../core/location.ts";
import { mistake } from "../../diagnostics/mistake.ts";
import { say } from "../../diagnostics/sentences.ts";
import { callNode, type Place } from "../../nodes/exprs.ts";
import * as step from "../../nodes/relations.ts";
import { arity, missingKey } from "../../settings/key.ts";
import type { Callback } from "../../settings/setting.ts";
import { givenSettings, NO_SETTINGS, ofRows, type TableSettings } from "../../settings/settings.ts";
import { answer, called, checkCallback } from "../expr/callback.ts";
import { predicate, toNode, toOrders } from "../expr/expression.ts";
import { methods, refuseUnknownMethods } from "../expr/no-value.ts";
import { columnRecord, namedColumns, namedMeasures, namedNodes } from "../expr/record.ts";
import { refuseKeptOut } from "../expr/unused.ts";
import type { Steps } from "../typed/relation.ts";
import { list, namesOf, noColumn } from "./arguments.ts";
import { type ChangeOptions, ChangesBuilder, changesOf, type SnapshotOptions, snapshotsOf } from "./changes-builder.ts";
import { DescribedBuilder, inputOf } from "./described-builder.ts";
import { LAST, refuseLoss } from "./loss.ts";

type StepName = keyof Steps<unknown, unknown, "streaming", unknown>;

export class RelationBuilder extends DescribedBuilder implements Readonly<Record<StepName, unknown>> {
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
    refuseLoss(this.#settings, "a further query step", { help: LAST, at, rows });
    return new RelationBuilder(node, rows ? ofRows(this.#settings) : NO_SETTINGS);
  }

  protected override withSettings(settings: TableSettings): this {
    return new RelationBuilder(this.#node, settings) as this;
  }

  /** What a callback over the columns of this relation answers. */
  #ask<T>(what: string, callback: Callback, at: Place, read: (value: unknown, at: Place) => T): T {
    return answer(callback, { what, at, records: [columnRecord(this.#node.columns, 0, at)] }, (value) =>
      read(value, at),
    );
  }

  /** What a callback over the columns of both sides answers. */
  #askBoth<T>(ask: BothSides, callback: Callback, read: (value: unknown, at: Place) => T): T {
    const { what, at, right, how: [left, brought] = [] } = ask;
    const records = [columnRecord(this.#node.columns, 0, at, left), columnRecord(right.columns, 1, at, brought)];
    return answer(callback, { what, at, records }, (value) => read(value, at));
  }

  where(condition: Callback): RelationBuilder {
    const at = callerLocation();
    return this.#step(step.whereNode(this.#node, this.#ask("where()", condition, at, predicate), at), true, at);
  }

  whereNotNull(columns: Callback): RelationBuilder {
    const at = callerLocation();
    const [items, names] = this.#ask("whereNotNull()", columns, at, (given) => [
      namedNodes(given, at),
      namesOf(given, "whereNotNull", at),
    ]);
    const renamed = items.find((item, i) => item.name !== names[i]);
    if (renamed) throw renamedColumn(renamed.name, at);
    const tests = items.map((item) => callNode("isNotNull", [item.expr], undefined, at));
    const all = tests.length === 1 ? tests[0] : callNode("and", tests, undefined, at);
    if (!all) throw noColumn("whereNotNull", at);
    const facts = this.#node.columns.map((c) => (names.includes(c.name) ? freeze({ ...c, nullable: false }) : c));
    return this.#step(step.whereNode(this.#node, all, at, freeze(facts)), true, at);
  }

  select(columns: Callback): RelationBuilder {
    const at = callerLocation();
    return this.#step(step.projectNode(this.#node, this.#ask("select()", columns, at, namedColumns), at), false, at);
  }

  derive(columns: Callback): RelationBuilder {
    const at = callerLocation();
    const { columns: kept } = this.#node;
    const derived = this.#ask("derive()", columns, at, (given) => {
      const named = namedColumns(given, at);
      refuseKeptOut(named, kept, at);
      return named;
    });
    const items = [
      ...kept.map((c) => derived.find(({ name }) => name === c.name) ?? step.passed(c)),
      ...derived.filter(({ name }) => !columnNamed(kept, name)),
    ];
    const isKept = (name: string) =>
      derived.every((item) => item.name !== name || (item.expr.kind === "column" && item.expr.name === name));
    return this.#step(step.projectNode(this.#node, items, at), this.toSettings().key?.every(isKept) ?? true, at);
  }

  lookup(other: unknown, on: Callback, select: Callback): RelationBuilder {
    const at = callerLocation();
    const right = inputOf(other, "lookup()", at);
    const { key } = right;
    if (!key) throw missingKey("lookup", at);
    const columns = this.#ask("lookup()", on, at, nodes);
    if (columns.length !== key.length) throw arity("lookup", columns.length, key, at);
    const items = this.#askBoth({ what: "lookup()", at, right: right.node, how: LOOKED_UP }, select, namedColumns);
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
    const what = type === "inner" ? "join()" : `${type}Join()`;
    const right = inputOf(other, what, at).node;
    const condition = this.#askBoth({ what, at, right }, on, predicate);
    const how = [
      { nullable: type === "full", repeated: true },
      { nullable: type !== "inner", repeated: true },
    ] as const;
    const items = this.#askBoth({ what, at, right, how }, select, namedColumns);
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
    const what = `${type}Join()`;
    const right = inputOf(other, what, at).node;
    const condition = this.#askBoth({ what, at, right }, on, predicate);
    return this.#step(step.joinNode(type, { left: this.#node, right }, condition, [], at), true, at);
  }

  asOfJoin(other: unknown, options: { on: Callback; at: Callback; select: Callback }): RelationBuilder {
    const at = callerLocation();
    const what = "asOfJoin()";
    const right = inputOf(other, what, at).node;
    checkOptionNames(options, what, { required: ["on", "at", "select"] }, at);
    const on = this.#askBoth({ what, at, right }, options.on, predicate);
    const time = this.#ask(what, options.at, at, toNode);
    const items = this.#askBoth({ what, at, right, how: LOOKED_UP }, options.select, namedColumns);
    return this.#step(step.asOfJoinNode({ left: this.#node, right }, on, time, items, at), false, at);
  }

  union(other: unknown): RelationBuilder {
    const at = callerLocation();
    return this.#step(step.unionNode([this.#node, inputOf(other, "union()", at).node], at), false, at);
  }

  groupBy(columns: Callback): { aggregate(measures: Callback): RelationBuilder } {
    const at = callerLocation();
    const groups = this.#ask("groupBy()", columns, at, namedColumns);
    if (groups.length === 0) throw mistake(at, say("ARG001:groups"));
    const aggregate = (measures: Callback) => this.#aggregate(groups, measures);
    return methods({ aggregate }, [], "groupBy() goes on with aggregate((o) => ({ revenue: o.amount.sum() }))");
  }

  aggregate(measures: Callback): RelationBuilder {
    return this.#aggregate([], measures);
  }

  #aggregate(groups: readonly NamedExpr[], measures: Callback): RelationBuilder {
    const at = callerLocation();
    const items = this.#ask("aggregate()", measures, at, namedMeasures);
    const constants = items.filter((item) => item.expr.kind === "literal");
    const aggregates = items.filter((item) => item.expr.kind !== "literal");
    const plain = aggregates.find((item) => item.expr.kind !== "aggregate");
    if (plain) {
      throw mistake(at, { ...say("AGG001", { column: plain.name }), column: plain.name });
    }
    const taken = items.find(({ name }) => groups.some((group) => group.name === name));
    if (taken) throw mistake(at, { ...say("COL002:group", { column: taken.name }), column: taken.name });
    if (constants.length > 0 && groups.length + aggregates.length === 0)
      throw noColumn("aggregate()", at, "give an aggregate, such as fn.countRows()");
    const grouped = step.aggregateStepNode(this.#node, groups, aggregates, at);
    if (constants.length === 0) return this.#step(grouped, false, at);
    // Constants are columns of the result: what groups and engines keep up to date are the aggregates.
    const kept = grouped.columns.map(step.passed);
    const names = [...groups, ...items].map((item) => item.name);
    const all = [...kept, ...constants].sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
    return this.#step(step.projectNode(grouped, all, at), false, at);
  }

  dedupe(options: { key: Callback; orderBy: Callback }): RelationBuilder {
    const at = callerLocation();
    if (typeof options === "function") throw mistake(at, say("ARG001:dedupe"));
    checkOptionNames(options, "dedupe()", { required: ["key", "orderBy"] }, at);
    const keys = this.#ask("dedupe()", options.key, at, nodes);
    const orderBy = this.#ask("dedupe()", options.orderBy, at, toOrders);
    return this.#step(step.dedupeNode(this.#node, keys, orderBy, at), true, at);
  }

  orderBy(order: Callback): { limit(count: number): RelationBuilder } {
    const at = callerLocation();
    const orderBy = this.#ask("orderBy()", order, at, toOrders);
    const limit = (count: number) => this.#limit(orderBy, count);
    return methods({ limit }, [], "a table has no order: orderBy() goes on with limit(10)");
  }

  #limit(orderBy: readonly OrderNode[], count: number): RelationBuilder {
    const at = callerLocation();
    return this.#step(step.limitNode(this.#node, orderBy, count, at), true, at);
  }

  pipe<T>(apply: (relation: this) => T): T {
    const at = callerLocation();
    checkCallback(apply, "pipe()", at);
    return called(apply, [this], "pipe()", at);
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
    const isOfRows = givenSettings(this.#settings).some(({ setting }) => setting.of === "queries");
    const help = isOfRows ? say("SCD008").help : `set it on what ${what} gives`;
    refuseLoss(this.#settings, what, { help, at });
    return this.#node;
  }
}

// The methods of settings count what they are given themselves.
const ONE = say("ARG001:one").help;
const USAGE = {
  where: ONE,
  whereNotNull: ONE,
  select: ONE,
  derive: ONE,
  groupBy: ONE,
  aggregate: ONE,
  join: say("ARG001:join").help,
  lookup: say("ARG001:lookup").help,
  semiJoin: "semiJoin(other, (o, c) => o.customer_id.eq(c.id))",
  asOfJoin: "asOfJoin(other, { on, at, select })",
  union: "one after the other: union(other).union(another)",
};
countArguments(RelationBuilder.prototype, { usage: USAGE });
DescribedBuilder.install(RelationBuilder.prototype, "queries");

/** What queries have and change events have not is refused by its name, with the place where it belongs. */
for (const method of Object.getOwnPropertyNames(RelationBuilder.prototype)) {
  if (method in ChangesBuilder.prototype) continue;
  const value = (): never => {
    throw mistake(callerLocation(), say("SET001:changes", { method }));
  };
  Object.defineProperty(ChangesBuilder.prototype, method, { value, enumerable: false });
}

refuseUnknownMethods(DescribedBuilder.prototype);

/** What a step asks of a callback over two sides. */
interface BothSides {
  readonly what: string;
  readonly at: Place;
  readonly right: RelationNode;
  /** What the step does to the columns of the sides, where they are read as they come out of it. */
  readonly how?: readonly [left: step.Brought | undefined, right: step.Brought];
}

/** This side's rows stay as they are; the other's may come to several of them, or to none. */
const LOOKED_UP = [undefined, { nullable: true, repeated: true }] as const;

/** A column as an item that passes it on. */
const nodes = (value: unknown, at: Place): readonly ExprNode[] => list(value).map((one) => toNode(one, at));

function renamedColumn(column: string, at: Place): DefinitionError {
  return mistake(at, { ...say("KEY002:whereNotNull", { column }), column });
}
