import type { NodeBase } from "../ast/expr.ts";
import type { RelationNode } from "../ast/relation.ts";
import { sealed } from "../ast/sealed.ts";
import type { Cursor } from "../core/cursor.ts";
import { freeze } from "../core/freeze.ts";
import { record } from "../core/given.ts";
import type { Place } from "../core/location.ts";
import { mistake } from "../diagnostics/mistake.ts";
import { isTaken } from "./parts.ts";
import type { Reading, Setting, Taking } from "./setting.ts";

/** Another query that writes into the table: in every update, or once (a backfill). */
export interface FlowNode extends NodeBase {
  readonly name: string;
  readonly once: boolean;
  readonly query: RelationNode;
}

type Given = Readonly<Record<string, unknown>>;

const flowing =
  (once: boolean) =>
  ({ now, at, relation }: Taking<readonly FlowNode[]>, flows: Given) => {
    const all = [...now];
    for (const [name, given] of Object.entries(record(flows, once ? "backfill()" : "appendFlow()", at))) {
      all.push(flowNode({ name, once, query: relation(given, `flow "${name}"`).node }, all, at));
    }
    return freeze(all);
  };

export const flows = {
  empty: freeze([]),
  of: "queries",
  decides: "rows",
  given: (all) => all.map((flow) => `${flow.once ? "backfill" : "appendFlow"} "${flow.name}"`),
  read: readFlows,
  methods: { appendFlow: flowing(false), backfill: flowing(true) },
  features: {
    appendFlow: "appendFlow()",
    backfill: "backfill()",
    backfillOfWhole: "backfill() with a query that is not a stream",
  },
  uses: (all, isStream) =>
    all.map((value) => ({
      feature: !value.once
        ? ("appendFlow" as const)
        : isStream(value.query)
          ? ("backfill" as const)
          : ("backfillOfWhole" as const),
      value,
      subject: value.name,
      at: value.at,
    })),
} as const satisfies Setting<readonly FlowNode[]>;

function flowNode(
  parts: { readonly name: string; readonly once: boolean; readonly query: RelationNode },
  others: readonly { readonly name: string }[],
  at: Place,
): FlowNode {
  const { name, once, query } = parts;
  checkFlowName(name, others, at);
  return sealed<FlowNode>({ name, once, query }, `flow:${name}:${once}:${query.id}`, at);
}

/** Flow names are SQL identifiers, each its own in a table. */
export function checkFlowName(name: string, others: readonly { readonly name: string }[], at: Place): void {
  const problem = isTaken(name, others)
    ? "there is such a flow already"
    : /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
      ? undefined
      : "a flow is named by letters, digits and _";
  if (problem === undefined) return;
  throw mistake(at, {
    code: "FLOW001",
    message: `flow "${name}": ${problem}`,
    help: "give every flow of a table its own name",
  });
}

function readFlows(json: Cursor, { relation }: Reading): readonly FlowNode[] {
  const all: FlowNode[] = [];
  for (const one of json.list()) {
    one.only(["id", "at", "name", "once", "query"]);
    const parts = {
      name: one.get("name").string(),
      once: one.get("once").boolean(),
      query: relation(one.get("query")),
    };
    all.push(one.build(() => flowNode(parts, all, one.place())));
  }
  return freeze(all);
}
