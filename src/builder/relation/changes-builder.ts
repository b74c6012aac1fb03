/** The run-time side of `Changes`: change events or snapshots, with the settings of the table that they make. */

import type { ChangesNode, NamedExpr, RelationNode, SnapshotsNode } from "../../ast/relation.ts";
import { DefinitionError } from "../../core/errors.ts";
import { callerLocation } from "../../core/location.ts";
import { checkFlowName } from "../../settings/flows.ts";
import type { Callback } from "../../settings/setting.ts";
import { NO_SETTINGS, type TableSettings } from "../../settings/settings.ts";
import type { Place } from "../expr/build.ts";
import { describe, toNode } from "../expr/expression.ts";
import { columnRecord, namedNodes } from "../expr/record.ts";
import { columnNames, list, namesOf, predicate } from "./arguments.ts";
import { changesNode, snapshotsNode, type TargetParts } from "./change-nodes.ts";
import { DescribedBuilder } from "./described-builder.ts";
import { refuseLoss } from "./loss.ts";
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

  protected override withSettings(settings: TableSettings): this {
    return new ChangesBuilder(this.#node, this.#flows, settings) as this;
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
      checkFlowName(name, this.#flows, at);
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

export function changesOf(input: RelationNode, options: ChangeOptions, at: Place): ChangesNode {
  const record = columnRecord(input.columns, 0, at);
  const target = targetOf(input, options, at);
  const { deleteWhen, truncateWhen } = options;
  const parts = {
    ...target,
    sequence: toNode(options.sequenceBy(record), at),
    deleteWhen: deleteWhen && predicate(deleteWhen(record), at),
    truncateWhen: truncateWhen && predicate(truncateWhen(record), at),
    ignoreNullUpdates: ignoredNulls(options.ignoreNullUpdates, input, target, at),
  };
  return changesNode(input, parts, at);
}

export function snapshotsOf(input: RelationNode, options: SnapshotOptions, at: Place): SnapshotsNode {
  const { version } = options;
  const record = columnRecord(input.columns, 0, at);
  return snapshotsNode(input, { ...targetOf(input, options, at), version: version && toNode(version(record), at) }, at);
}

type TargetOptions = Pick<ChangeOptions, "key" | "columns" | "trackHistory">;

function targetOf(input: RelationNode, options: TargetOptions, at: Place): TargetParts {
  const record = columnRecord(input.columns, 0, at);
  const items = Object.freeze([...namedNodes(options.columns ? options.columns(record) : record, at)]);
  const { trackHistory } = options;
  const tracked = trackHistory && namesOf(trackHistory(storedRecord(input, items, at)), "trackHistory", at);
  return {
    keys: columnNames(list(options.key(record)), "key", at),
    items,
    ...(tracked && { trackHistory: tracked }),
  };
}

/** The stored columns as a callback is given them. */
function storedRecord(input: RelationNode, items: readonly NamedExpr[], at: Place) {
  return columnRecord(factsOf(items, at, input.columns), 0, at);
}

function ignoredNulls(
  given: true | Callback | undefined,
  input: RelationNode,
  { keys, items }: TargetParts,
  at: Place,
): readonly string[] | undefined {
  if (given === undefined) return undefined;
  const stored = items.map((item) => item.name);
  const names = given === true ? stored : namesOf(given(storedRecord(input, items, at)), "ignoreNullUpdates", at);
  return Object.freeze(names.filter((name) => !keys.includes(name)));
}
