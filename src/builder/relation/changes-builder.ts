/** The run-time side of `Changes`: change events or snapshots, with the settings of the table that they make. */

import type { ChangesNode, NamedExpr, RelationNode, SnapshotsNode } from "../../ast/relation.ts";
import { refuseOtherCopy } from "../../core/copies.ts";
import { describe } from "../../core/describe.ts";
import { freeze } from "../../core/freeze.ts";
import { checkOptionNames, record } from "../../core/given.ts";
import { callerLocation } from "../../core/location.ts";
import { mistake } from "../../diagnostics/mistake.ts";
import { say } from "../../diagnostics/sentences.ts";
import { changesNode, snapshotsNode, type TargetParts } from "../../nodes/changes.ts";
import type { Place } from "../../nodes/exprs.ts";
import { factsOf, passed } from "../../nodes/relations.ts";
import { checkFlowName } from "../../settings/flows.ts";
import type { Callback } from "../../settings/setting.ts";
import { NO_SETTINGS, type TableSettings } from "../../settings/settings.ts";
import { answer } from "../expr/callback.ts";
import { predicate, toMeasure, toNode } from "../expr/expression.ts";
import { columnRecord, namedNodes, unknownColumn } from "../expr/record.ts";
import { columnNames, list, namesOf } from "./arguments.ts";
import { DescribedBuilder } from "./described-builder.ts";
import { refuseLoss } from "./loss.ts";

/** Change events of another input that go into the same target. */
interface NamedChanges {
  readonly name: string;
  readonly once: boolean;
  readonly changes: ChangesNode;
}

export interface ChangeOptions {
  readonly key: Callback;
  readonly sequenceBy: Callback;
  readonly deleteWhen?: Callback;
  readonly truncateWhen?: Callback;
  readonly ignoreNullUpdates?: true | Callback;
  readonly columns?: Callback;
  readonly trackHistory?: Callback;
}

export interface SnapshotOptions {
  readonly key: Callback;
  readonly version?: Callback;
  readonly columns?: Callback;
  readonly trackHistory?: Callback;
}

/** Change events or snapshots, ready for `scd1` or `scd2`. */
export class ChangesBuilder extends DescribedBuilder {
  readonly #node: ChangesNode | SnapshotsNode;
  readonly #flows: readonly NamedChanges[];
  readonly #settings: TableSettings;

  constructor(
    node: ChangesNode | SnapshotsNode,
    flows: readonly NamedChanges[] = freeze([]),
    settings: TableSettings = NO_SETTINGS,
  ) {
    super();
    this.#node = node;
    this.#flows = flows;
    this.#settings = settings;
  }

  toNode(): ChangesNode | SnapshotsNode {
    return this.#node;
  }

  toFlows(): readonly NamedChanges[] {
    return this.#flows;
  }

  toSettings(): TableSettings {
    return this.#settings;
  }

  protected override withSettings(settings: TableSettings): this {
    return new ChangesBuilder(this.#node, this.#flows, settings) as this;
  }

  appendFlow(flows: Readonly<Record<string, unknown>>): ChangesBuilder {
    return this.#withFlows(flows, false);
  }

  backfill(flows: Readonly<Record<string, unknown>>): ChangesBuilder {
    return this.#withFlows(flows, true);
  }

  expect(): never {
    throw mistake(callerLocation(), say("SCD008"));
  }

  expectOrDrop(): never {
    return this.expect();
  }

  expectOrFail(): never {
    return this.expect();
  }

  expectOrQuarantine(): never {
    return this.expect();
  }

  #withFlows(flows: Readonly<Record<string, unknown>>, once: boolean): ChangesBuilder {
    const at = callerLocation();
    const added = Object.entries(record(flows, once ? "backfill()" : "appendFlow()", at)).map(
      ([name, given]): NamedChanges => {
        checkFlowName(name, this.#flows, at);
        if (given instanceof ChangesBuilder) refuseNested(name, given, at);
        const node = given instanceof ChangesBuilder ? given.toNode() : undefined;
        if (node?.kind === "changes" && this.#node.kind === "changes") return freeze({ name, once, changes: node });
        refuseOtherCopy(given, at);
        throw mistake(at, {
          code: "FLOW001",
          message: `flow "${name}" is not change events but ${node ? "snapshots" : describe(given)}`,
          help: "give other change events: $.archive.changes({ key, sequenceBy })",
        });
      },
    );
    return new ChangesBuilder(this.#node, freeze([...this.#flows, ...added]), this.#settings);
  }
}

/** A flow is its change events: neither settings nor flows of its own go with it. */
function refuseNested(name: string, flow: ChangesBuilder, at: Place): void {
  const what = `flow "${name}"`;
  refuseLoss(flow.toSettings(), what, { help: "set it on the change target itself", at });
  const nested = flow.toFlows().map((f) => `${f.once ? "backfill" : "appendFlow"} "${f.name}"`);
  if (nested.length === 0) return;
  throw mistake(at, {
    code: "SET001",
    message: `${what} would lose its own flows: ${nested.join(", ")}`,
    help: "give every flow to the change target itself",
  });
}

const CHANGE_OPTIONS = {
  required: ["key", "sequenceBy"],
  optional: ["deleteWhen", "truncateWhen", "ignoreNullUpdates", "columns", "trackHistory"],
};
const SNAPSHOT_OPTIONS = { required: ["key"], optional: ["version", "columns", "trackHistory"] };

export function changesOf(input: RelationNode, options: ChangeOptions, at: Place): ChangesNode {
  checkOptionNames(options, "changes()", CHANGE_OPTIONS, at);
  const question = { at, records: [columnRecord(input.columns, 0, at)] };
  const target = targetOf(input, options, at);
  const condition = (what: "deleteWhen" | "truncateWhen") =>
    given(options[what], (callback) => answer(callback, { what, ...question }, (value) => predicate(value, at)));
  const parts = {
    ...target,
    sequence: answer(options.sequenceBy, { what: "sequenceBy", ...question }, (given) => toNode(given, at)),
    deleteWhen: condition("deleteWhen"),
    truncateWhen: condition("truncateWhen"),
    ignoreNullUpdates: ignoredNulls(options.ignoreNullUpdates, input, target, at),
  };
  return changesNode(input, parts, at);
}

export function snapshotsOf(input: RelationNode, options: SnapshotOptions, at: Place): SnapshotsNode {
  checkOptionNames(options, "snapshots()", SNAPSHOT_OPTIONS, at);
  const question = { what: "version", at, records: [columnRecord(input.columns, 0, at)] };
  const version = given(options.version, (callback) => answer(callback, question, (value) => toMeasure(value, at)));
  return snapshotsNode(input, { ...targetOf(input, options, at), version }, at);
}

type TargetOptions = Pick<ChangeOptions, "key" | "columns" | "trackHistory">;

function targetOf(input: RelationNode, options: TargetOptions, at: Place): TargetParts {
  const records = [columnRecord(input.columns, 0, at)];
  const named = (value: unknown) => freeze([...namedNodes(value, at)]);
  const columns = given(options.columns, (callback) => answer(callback, { what: "columns", at, records }, named));
  const items = columns ?? freeze(input.columns.map(passed));
  const tracked = given(options.trackHistory, (callback) =>
    storedNames(callback, "trackHistory", { input, items }, at),
  );
  return {
    keys: answer(options.key, { what: "key", at, records }, (value) => columnNames(list(value), "key", at)),
    items,
    ...(tracked && { trackHistory: tracked }),
  };
}

/** What an option gives that may be left out: anything else than that is asked, and refused where it is not a callback. */
const given = <O, T>(option: O | undefined, ask: (option: O) => T): T | undefined =>
  option === undefined ? undefined : ask(option);

interface Stored {
  readonly input: RelationNode;
  readonly items: readonly NamedExpr[];
}

/** The names of stored columns that a callback gives. */
function storedNames(callback: Callback, what: string, { input, items }: Stored, at: Place): readonly string[] {
  // What is not stored may be named to be left out: ({ op, ...rest }) => rest.
  const records = [columnRecord(factsOf(items, at, input.columns), 0, at, undefined, input.columns)];
  const names = answer(callback, { what, at, records }, (given) => namesOf(given, what, at));
  const stored = items.map((item) => item.name);
  const lost = names.find((name) => !stored.includes(name));
  if (lost === undefined) return names;
  if (what !== "trackHistory") throw unknownColumn(lost, stored, at);
  throw mistake(at, { ...say("COL001:tracked", { column: lost }), column: lost });
}

function ignoredNulls(
  given: true | Callback | undefined,
  input: RelationNode,
  { keys, items }: TargetParts,
  at: Place,
): readonly string[] | undefined {
  if (given === undefined) return undefined;
  const stored = items.map((item) => item.name);
  const names = given === true ? stored : storedNames(given, "ignoreNullUpdates", { input, items }, at);
  return freeze(names.filter((name) => !keys.includes(name)));
}
