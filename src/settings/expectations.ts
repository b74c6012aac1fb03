import type { ExprNode, NodeBase } from "../ast/expr.ts";
import { sealed } from "../ast/sealed.ts";
import type { Cursor } from "../core/cursor.ts";
import { freeze } from "../core/freeze.ts";
import { record } from "../core/given.ts";
import type { Place } from "../core/location.ts";
import type { Problem } from "../core/problem.ts";
import { checkName } from "../core/text.ts";
import { membersOf } from "../core/total.ts";
import { mistake } from "../diagnostics/mistake.ts";
import type { Said } from "../diagnostics/sentences.ts";
import type { Rule } from "../typed/callbacks.ts";
import { isTaken } from "./parts.ts";
import type { Callback, Reading, Setting, Taking } from "./setting.ts";

/** What becomes of a row that breaks an expectation: counted and kept, dropped, put into quarantine, or the update of its table fails. */
export type ViolationAction = "warn" | "drop" | "fail" | "quarantine";

/** A named row predicate over the table's own columns. */
export interface ExpectationNode extends NodeBase {
  readonly name: string;
  readonly action: ViolationAction;
  readonly predicate: ExprNode;
}

/** The rule that a row of files breaks where a value that must not be null could not be read: no expectation has its name. */
export const READABLE = "readable";

/** The method of the builder that gives a rule with each action. */
export const EXPECTATION_METHODS = {
  warn: "expect",
  drop: "expectOrDrop",
  fail: "expectOrFail",
  quarantine: "expectOrQuarantine",
} as const satisfies Readonly<Record<ViolationAction, string>>;

/** Named rules over the columns of a table. A rule that gives null counts as broken. */
export type Rules<_Said extends string, S> =
  | { readonly [name: string]: Rule<Said<"ARG001:condition">, S> }
  | ((columns: S) => Problem<Said<"ARG001:rules">>);

type Given = Readonly<Record<string, Callback>>;

const expecting =
  (action: ViolationAction) =>
  ({ now, at, condition }: Taking<readonly ExpectationNode[]>, rules: Given) => {
    const all = [...now];
    for (const [name, rule] of Object.entries(record(rules, `${EXPECTATION_METHODS[action]}()`, at))) {
      all.push(expectationNode({ name, action, predicate: condition(rule) }, all, at));
    }
    return freeze(all);
  };

export const expectations = {
  empty: freeze([]),
  of: "queries",
  // A rule that warns only counts.
  decides: (all) => ({
    rows: all.filter((rule) => rule.action !== "warn"),
    nothing: { warnings: all.filter((rule) => rule.action === "warn") },
  }),
  given: (all) => all.map((rule) => `${EXPECTATION_METHODS[rule.action]} "${rule.name}"`),
  read: readExpectations,
  methods: {
    expect: expecting("warn"),
    expectOrDrop: expecting("drop"),
    expectOrFail: expecting("fail"),
    expectOrQuarantine: expecting("quarantine"),
  },
  features: {
    expect: "expect()",
    expectOrDrop: "expectOrDrop()",
    expectOrFail: "expectOrFail()",
    expectOrQuarantine: "expectOrQuarantine()",
  },
  uses: (all) =>
    all.map((value) => ({
      feature: EXPECTATION_METHODS[value.action],
      value,
      subject: value.name,
      at: value.at,
    })),
} as const satisfies Setting<readonly ExpectationNode[]>;

function expectationNode(
  parts: { readonly name: string; readonly action: ViolationAction; readonly predicate: ExprNode },
  others: readonly ExpectationNode[],
  at: Place,
): ExpectationNode {
  const { name, action, predicate } = parts;
  checkName(`the expectation ${JSON.stringify(name)}`, name, at);
  if (name.toLowerCase() === READABLE) {
    throw mistake(at, {
      code: "EXPECT001",
      message: `the rule "${READABLE}" is that of rows of files which could not be read`,
      help: "give the expectation another name",
    });
  }
  if (isTaken(name, others)) {
    throw mistake(at, {
      code: "EXPECT001",
      message: `this table has a rule "${name}" already`,
      help: "give every expectation of a table its own name",
    });
  }
  return sealed<ExpectationNode>({ name, action, predicate }, `expect:${action}:${name}:${predicate.id}`, at);
}

function readExpectations(json: Cursor, { condition }: Reading): readonly ExpectationNode[] {
  const all: ExpectationNode[] = [];
  for (const one of json.list()) {
    one.only(["id", "at", "name", "action", "predicate"]);
    const parts = {
      name: one.get("name").string(),
      action: one.get("action").oneOf(...membersOf(EXPECTATION_METHODS)),
      predicate: condition(one.get("predicate")),
    };
    all.push(one.build(() => expectationNode(parts, all, one.place())));
  }
  return freeze(all);
}
