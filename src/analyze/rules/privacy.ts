/** Personal data: labels travel with values, and gold accepts none but pseudonyms. */
import { companionName } from "../../ast/companions.ts";
import { tableInputs } from "../../ast/inputs.ts";
import { hasQuarantine } from "../../ast/kind.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { ColumnFacts } from "../../ast/relation.ts";
import { computedExprs } from "../../ast/scopes.ts";
import { personalLabels, quarantineColumns, quotedColumns } from "../../ast/stored.ts";
import { type Saying, say } from "../../diagnostics/sentences.ts";
import { type Influence, influencesOn } from "../influence.ts";
import { type Reach, reachIn, together } from "../reach.ts";
import { eachTable, finding, type Rule, warning } from "../rule.ts";
import { arrivedFrom } from "../trace.ts";
import { tellsOfVersions } from "../versions.ts";

/**
 * PII001: no column of a gold table carries a label other than `pseudonym`, and none of its quarantine. What the table's own
 * columns carry is reported there, and once: not where another gold table passes it on.
 */
const noPersonalDataInGold = eachTable((table, { tables }) => {
  if (table.layer !== "gold") return [];
  const passes = ({ name }: ColumnFacts): boolean => arrivedFrom(table, name, tables)?.layer === "gold";
  const own = table.columns.filter(isPersonal);
  const aside = own.length === 0 && hasQuarantine(table);
  const of = aside ? `${companionName(table.name, "quarantine")}.` : "";
  const personal: readonly Labelled[] = aside
    ? quarantineColumns(table).filter(isPersonal)
    : own.filter((column) => !passes(column));
  return personal.map((column) => ({ ...said(column, of), column: column.name }));
});

type Labelled = Pick<ColumnFacts, "name" | "labels">;
const isPersonal = (column: Labelled): boolean => personalLabels(column).length > 0;

function said(column: Labelled, of: string): Saying<"PII001"> {
  const { message, ...rest } = say("PII001", { column: `${of}${column.name}` });
  return { ...rest, message: `${message} (${personalLabels(column).join(", ")})` };
}

/** PII006: a mask covers a column, not the text of the row that the quarantine keeps. */
const masksCoverTheQuarantine = eachTable((table) => {
  const masked = new Set(table.settings.masks.map((mask) => mask.column));
  const open = quotedColumns(table).find((column) => masked.has(column.name));
  if (!open) return [];
  const quarantine = `${table.layer}.${companionName(table.name, "quarantine")}`;
  return [
    warning({
      code: "PII006",
      message: `no mask covers _row and _reason of ${quarantine}, which cite "${open.name}"`,
      help: `restrict who reads ${quarantine}, and mask the column in silver`,
      column: open.name,
    }),
  ];
});

/** PII004: a salt that stands in the text protects nobody from those who read the text. */
const saltsAreSecret = eachTable((table) =>
  computedExprs(table).flatMap((expr) => {
    if (expr.kind !== "call" || expr.options?.["salt"] === undefined) return [];
    return [
      warning({
        code: "PII004",
        message: `the salt of ${expr.fn}() is written in the SQL and in the manifest: anyone who reads them can undo the pseudonym by trying values`,
        help: 'give a secret: param.secret("salt", { scope: "governance" })',
        at: expr.at,
      }),
    ];
  }),
);

/** PII005: which rows of gold are there, and what is in them, does not tell of a person, unless that is declassified. */
const personalDataChoosesNoRows: Rule = ({ pipeline, tables }) => {
  const known = new Map<string, readonly Choice[]>();
  const toldOf = new Map<string, ReadonlySet<string>>();
  return pipeline.tables.flatMap((table) => {
    const own = influencesOn(table, tables)
      .filter(({ expr }) => personalLabels(expr).length > 0)
      .map((influence): Choice => {
        const { brought } = influence;
        return { ...influence, by: table, reach: brought ? reachIn(table, { join: brought }) : "rows" };
      });
    const chosen = distinct([...inherited(table, known), ...own]);
    known.set(table.name, chosen);
    if (table.layer !== "gold") return [];
    const seen = chosen.filter(({ unseen }) => !unseen || tellsOfVersions(table, { of: () => false, passes: true }));
    toldOf.set(table.name, new Set(seen.map(choiceKey)));
    // What chose the rows of another gold table is told there.
    const told = seen.filter(
      (choice) => !tableInputs(table).some((input) => toldOf.get(input)?.has(choiceKey(choice))),
    );
    return told.map(({ expr, how, over, matches, by, at }) =>
      finding(
        table,
        warning({
          code: "PII005",
          message: `${over} of "${table.name}" are chosen by personal data (${personalLabels(expr).join(", ")}): ${how} in "${by.name}"`,
          help: matches
            ? "join on a pseudonym, sha256() of both sides, or on another column"
            : 'declassify("why") the condition, or decide by another column',
          at: at ?? by.at,
        }),
      ),
    );
  });
};

interface Choice extends Influence {
  /** The table that it decides in. */
  readonly by: TableNode;
  /** What it decides over in the table that has it. */
  readonly reach: Reach;
  /** It decides when a version begins, and one version of each key is read. */
  readonly unseen?: boolean;
}

type Known = ReadonlyMap<string, readonly Choice[]>;

const choiceKey = ({ how, expr }: Choice): string => `${how} ${expr.id}`;

/** One of each that decides over anything. */
function distinct(choices: readonly Choice[]): readonly Choice[] {
  const found = new Map<string, Choice>();
  for (const choice of choices.filter(({ reach }) => reach === "rows" || reach.size > 0)) {
    const before = found.get(choiceKey(choice));
    found.set(choiceKey(choice), before ? { ...choice, reach: together([before.reach, choice.reach]) } : choice);
  }
  return [...found.values()];
}

/** What chose the inputs of a table, as far as it is seen in the table. */
function inherited(table: TableNode, known: Known): readonly Choice[] {
  const read = new Map<string, { readonly choice: Choice; readonly inputs: Map<string, Reach> }>();
  for (const name of tableInputs(table)) {
    for (const choice of known.get(name) ?? []) {
      const key = choiceKey(choice);
      const one = read.get(key) ?? { choice, inputs: new Map<string, Reach>() };
      read.set(key, one);
      one.inputs.set(name, choice.reach);
    }
  }
  return [...read.values()].map(({ choice, inputs }) => {
    const isOfRows = [...inputs.values()].includes("rows");
    return keptIn(table, known)({ ...choice, reach: isOfRows ? "rows" : reachIn(table, { inputs }) });
  });
}

/** The choice of versions is none of the rows of a table that reads one version of each key. */
const keptIn =
  (table: TableNode, known: Known) =>
  (choice: Choice): Choice => {
    if (choice.how !== "trackHistory") return choice;
    const of = (input: string) =>
      known.get(input)?.some(({ expr, unseen }) => expr === choice.expr && !unseen) === true;
    return { ...choice, unseen: !tellsOfVersions(table, { of, passes: false }) };
  };

/** PII003: labels are cleared for a stated reason. */
const reasonsToDeclassify = eachTable((table) =>
  computedExprs(table).flatMap((expr) => {
    if (expr.kind !== "call" || expr.fn !== "declassify" || expr.options?.["reason"]) return [];
    return [
      {
        code: "PII003",
        message: "declassify() without a reason",
        help: "say why: the audit trail keeps it",
        at: expr.at,
      },
    ];
  }),
);

export const PRIVACY_RULES: readonly Rule[] = [
  noPersonalDataInGold,
  reasonsToDeclassify,
  saltsAreSecret,
  personalDataChoosesNoRows,
  masksCoverTheQuarantine,
];
