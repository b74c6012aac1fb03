/** The run-time side of `Changes`: change events or snapshots, with the settings of the table that they make. */
import { type Place, sealed } from "../expr/build.ts";
import { describe, toNode } from "../expr/expression.ts";
import type { ExprNode } from "../expr/nodes.ts";
import { columnRecord, namedNodes } from "../expr/record.ts";
import { DefinitionError } from "../schema/errors.ts";
import { callerLocation } from "../schema/location.ts";
import { checkColumnNames } from "../schema/reserved.ts";
import { type Callback, columnNames, list, namesOf, predicate } from "./arguments.ts";
import { DescribedBuilder } from "./described-builder.ts";
import { refuseLoss } from "./loss.ts";
import type { ChangesNode, ColumnFacts, NamedExpr, RelationNode, SnapshotsNode } from "./nodes.ts";
import { NO_SETTINGS, type TableSettings } from "./settings.ts";
import { factsOf } from "./steps.ts";

/** Change events of another input that go into the same target. */
export interface NamedChanges {
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
    flows: readonly NamedChanges[] = Object.freeze([]),
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

  protected storedColumns(): readonly ColumnFacts[] {
    return this.#node.columns;
  }

  protected set(change: Partial<TableSettings>): this {
    return new ChangesBuilder(this.#node, this.#flows, Object.freeze({ ...this.#settings, ...change })) as this;
  }

  appendFlow(flows: Readonly<Record<string, unknown>>): ChangesBuilder {
    return this.#withFlows(flows, false);
  }

  backfill(flows: Readonly<Record<string, unknown>>): ChangesBuilder {
    return this.#withFlows(flows, true);
  }

  #withFlows(flows: Readonly<Record<string, unknown>>, once: boolean): ChangesBuilder {
    const at = callerLocation();
    const added = Object.entries(flows).map(([name, given]): NamedChanges => {
      checkFlowName(
        name,
        this.#flows.map((f) => f.name),
        at,
      );
      if (given instanceof ChangesBuilder) refuseNested(name, given, at);
      const node = given instanceof ChangesBuilder ? given.toNode() : undefined;
      if (node?.kind === "changes" && this.#node.kind === "changes")
        return Object.freeze({ name, once, changes: node });
      throw new DefinitionError({
        code: "FLOW001",
        message: `flow "${name}" is not change events but ${node ? "snapshots" : describe(given)}`,
        help: "give other change events: $.archive.changes({ key, sequenceBy })",
        location: at,
      });
    });
    return new ChangesBuilder(this.#node, Object.freeze([...this.#flows, ...added]), this.#settings);
  }
}

/** A flow is its change events: neither settings nor flows of its own go with it. */
function refuseNested(name: string, flow: ChangesBuilder, at: Place): void {
  const what = `flow "${name}"`;
  refuseLoss(flow.toSettings(), what, { help: "set it on the change target itself", at });
  const nested = flow.toFlows().map((f) => `${f.once ? "backfill" : "appendFlow"} "${f.name}"`);
  if (nested.length === 0) return;
  throw new DefinitionError({
    code: "SET001",
    message: `${what} would lose its own flows: ${nested.join(", ")}`,
    help: "give every flow to the change target itself",
    location: at,
  });
}

/** Flow names are SQL identifiers, each its own in a table. */
export function checkFlowName(name: string, taken: readonly string[], at: Place): void {
  const problem = taken.includes(name)
    ? "there is such a flow already"
    : /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
      ? undefined
      : "a flow is named by letters, digits and _";
  if (problem === undefined) return;
  throw new DefinitionError({
    code: "FLOW001",
    message: `flow "${name}": ${problem}`,
    help: "give every flow of a table its own name",
    location: at,
  });
}

export function changesNode(input: RelationNode, options: ChangeOptions, at: Place): ChangesNode {
  const record = columnRecord(input.columns, 0, at);
  const target = targetOf(input, options, at);
  const sequence = toNode(options.sequenceBy(record), at);
  const deleteWhen = options.deleteWhen && predicate(options.deleteWhen(record), at);
  const truncateWhen = options.truncateWhen && predicate(options.truncateWhen(record), at);
  const ignored = ignoredNulls(options.ignoreNullUpdates, target, at);
  const content = `changes:${targetKey(input, target)}:${sequence.id}:${deleteWhen?.id}:${truncateWhen?.id}:${ignored?.join()}`;
  const node = {
    kind: "changes",
    input,
    sequence,
    ...target,
    ...(deleteWhen && { deleteWhen }),
    ...(truncateWhen && { truncateWhen }),
    ...(ignored && { ignoreNullUpdates: ignored }),
  } as const;
  return sealed<ChangesNode>(node, content, at);
}

export function snapshotsNode(input: RelationNode, options: SnapshotOptions, at: Place): SnapshotsNode {
  const target = targetOf(input, options, at);
  const version = options.version && oneValue(options.version(columnRecord(input.columns, 0, at)), at);
  const node = { kind: "snapshots", input, ...target, ...(version && { version }) } as const;
  return sealed<SnapshotsNode>(node, `snapshots:${targetKey(input, target)}:${version?.id}`, at);
}

interface Target {
  readonly keys: readonly string[];
  readonly items: readonly NamedExpr[];
  readonly columns: readonly ColumnFacts[];
  readonly trackHistory?: readonly string[];
}

/** What is stored: the part that changes and snapshots share. */
function targetOf(
  input: RelationNode,
  options: Pick<ChangeOptions, "key" | "columns" | "trackHistory">,
  at: Place,
): Target {
  const record = columnRecord(input.columns, 0, at);
  const items = Object.freeze([...namedNodes(options.columns ? options.columns(record) : record, at)]);
  const columns = factsOf(items, at, input.columns);
  checkColumnNames(
    columns.map((c) => c.name),
    ["changes"],
    at,
  );
  const tracked =
    options.trackHistory && namesOf(options.trackHistory(columnRecord(columns, 0, at)), "trackHistory", at);
  return {
    keys: columnNames(list(options.key(record)), "key", at),
    items,
    columns,
    ...(tracked && { trackHistory: tracked }),
  };
}

function targetKey(input: RelationNode, { keys, items, trackHistory }: Target): string {
  return `${input.id}:${keys.join()}:${items.map((i) => `${i.name}=${i.expr.id}`).join()}:${trackHistory?.join()}`;
}

function ignoredNulls(given: true | Callback | undefined, target: Target, at: Place): readonly string[] | undefined {
  if (given === undefined) return undefined;
  const stored = target.columns.map((c) => c.name);
  const names = given === true ? stored : namesOf(given(columnRecord(target.columns, 0, at)), "ignoreNullUpdates", at);
  return Object.freeze(names.filter((name) => !target.keys.includes(name)));
}

function oneValue(value: unknown, at: Place): ExprNode {
  const node = toNode(value, at);
  if (node.kind === "aggregate") return node;
  throw new DefinitionError({
    code: "AGG001",
    message: "the version of a snapshot is one value over all of its rows",
    help: "give an aggregate: version: (c) => c.taken_on.max()",
    location: at,
  });
}
