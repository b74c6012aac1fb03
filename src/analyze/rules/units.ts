/** Rates between units. */
import type { CallNode } from "../../ast/expr.ts";
import { computedExprs } from "../../ast/scopes.ts";
import { say } from "../../diagnostics/sentences.ts";
import { beginApart, rateOf } from "../../types/units.ts";
import { eachTable, type Rule, type Words, warning } from "../rule.ts";

/** METRIC002: a rate is in no unit, or in the one that makes the other of this one. */
const ratesHaveTheirUnit = eachTable((table) =>
  computedExprs(table).flatMap((expr) => {
    if (expr.kind !== "call" || expr.fn !== "convertUnit") return [];
    const [value, rate] = expr.args;
    const [from, to, unit] = [value?.unit ?? "", String(expr.options?.["to"]), rate?.unit ?? ""];
    const right = from === "" ? to : `${to}/${from}`;
    if (unit === "" || unit === right) return [];
    return [
      { ...say("METRIC002:rate", { to, from: from === "" ? "a plain number" : from, rate: right, unit }), at: expr.at },
    ];
  }),
);

/** METRIC008: a constant rate is the one that there is between the two units. */
const ratesAreRight = eachTable((table) =>
  computedExprs(table).flatMap((expr) => {
    const wrong = expr.kind === "call" && expr.fn === "convertUnit" ? wrongRate(expr) : undefined;
    return wrong ? [warning({ code: "METRIC008", ...wrong, at: expr.at })] : [];
  }),
);

/** Rates are often rounded: a mile is 1.6 km. */
const ROUNDED = 0.02;

function wrongRate({ args: [value, rate], options }: CallNode): Words | undefined {
  const from = value?.unit ?? "";
  const to = String(options?.["to"]);
  if (beginApart(from, to)) {
    const help = `their scales begin at different points: sql(t.double().unit("${to}"))\`…\` with the whole formula`;
    return { message: `no rate makes ${to} of ${from}`, help };
  }
  if (rate?.kind !== "literal") return undefined;
  const given = Number(rate.value);
  if (given <= 0) return { message: `a rate of ${given} loses the amount`, help: `give how many ${to} one ${from} is` };
  const right = from === "" ? undefined : rateOf(from, to);
  if (right === undefined || Math.abs(given / right - 1) <= ROUNDED) return undefined;
  return {
    message: `1 ${from} is ${Number(right.toPrecision(6))} ${to}, not ${given}`,
    help: "give that rate, or another unit",
  };
}

export const UNITS_RULES: readonly Rule[] = [ratesHaveTheirUnit, ratesAreRight];
