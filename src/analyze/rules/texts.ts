/** Texts that stand for something else: patterns without a wildcard, months that are minutes, numbers in the order of texts. */
import type { Called, CallNode, ExprNode } from "../../ast/expr.ts";
import { tableChanges, tableSteps } from "../../ast/inputs.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import { computedExprs } from "../../ast/scopes.ts";
import { derivation, exprsOf } from "../../ast/walk.ts";
import { functionSet, orderOf, specOf } from "../../functions/index.ts";
import { isNumeric } from "../../types/types.ts";
import { eachTable, type Rule, type Words, warning } from "../rule.ts";

/** EXPR009: a pattern matches, and a format writes, what it seems to. */
const patternsMeanWhatTheySay = eachTable((table) =>
  computedExprs(table).flatMap((expr) => {
    const wrong = expr.kind === "call" ? misread(expr) : undefined;
    return wrong ? [warning({ code: "EXPR009", ...wrong, at: expr.at })] : [];
  }),
);

/** EXPR009: a parameter is an expression; only the paths of sources name one in a text. */
const textsAreNoParameters = eachTable((table) =>
  computedExprs(table).flatMap((expr) =>
    (expr.kind === "call" ? expr.args : []).flatMap((arg) => {
      const [text, name] = arg.kind === "literal" ? (/^\$\{([\w.]+)\}$/.exec(String(arg.value)) ?? []) : [];
      if (name === undefined) return [];
      const message = `"${text}" is that text: only paths of sources read a parameter by it`;
      return [warning({ code: "EXPR009", message, help: `use param.string("${name}")`, at: expr.at })];
    }),
  ),
);

/** EXPR015: a column is a property; its name as a text is a constant. */
const namesAreNoColumns = eachTable((table) =>
  tableSteps(table).flatMap((step) => {
    const { inputs, items = [] } = derivation(step);
    const has = (name: string): boolean => inputs.some(({ columns }) => columns.some((column) => column.name === name));
    return items
      .filter(({ name, expr }) => expr.kind === "literal" && expr.value === name && has(name))
      .map(({ name, expr }) =>
        warning({
          code: "EXPR015",
          message: `"${name}" is this text on every row, not the column "${name}"`,
          help: `a column is a property: (c) => ({ ${name}: c.${name} })`,
          at: expr.at ?? step.at,
          column: name,
        }),
      );
  }),
);

const SEARCHES = functionSet("like", "matches", "contains", "startsWith", "endsWith");
const WITHOUT_WILDCARDS = functionSet("contains", "matches", "startsWith");
const FORMATS = functionSet("format", "parseDate", "parseTimestamp", "tryParseDate", "tryParseTimestamp");

function misread({ fn, args, options }: CallNode): Words | undefined {
  const pattern = String(options?.["pattern"] ?? "");
  const [, part] = args;
  const text = part?.kind === "literal" ? String(part.value) : pattern;
  if (fn === "like" && pattern !== "" && !/[%_]/.test(pattern.replace(/!./g, ""))) {
    const help = "use eq(), or write % for any text and _ for one character";
    return { message: `like("${pattern}") matches that text alone: it has no % and no _`, help };
  }
  const isPattern = fn === "like" || fn === "matches" || part?.kind === "literal";
  if (isPattern && SEARCHES.has(fn) && /^%*$/.test(text) && (text === "" || fn === "like"))
    return { message: `${fn}("${text}") holds for every text`, help: "say what to look for, or use isNotNull()" };
  if (isPattern && WITHOUT_WILDCARDS.has(fn) && /^%.+%$|[A-Za-z]%$/.test(text))
    return { message: `${fn}("${text}") looks for the characters %`, help: "leave them out, or use like()" };
  const regex = regexIn(fn, String(options?.["search"] ?? options?.["delimiter"] ?? text));
  if (regex) return regex;
  if (!FORMATS.has(fn)) return undefined;
  if (/mm/.test(pattern) && !/HH/.test(pattern) && /yyyy|dd/.test(pattern))
    return { message: `mm in "${pattern}" is minutes`, help: "MM is the month" };
  if (/HH[^a-zA-Z]?MM/.test(pattern)) return { message: `MM in "${pattern}" is the month`, help: "mm are minutes" };
  const [hours] = fn === "format" && args[0]?.type.kind === "date" ? (/HH|mm|ss/.exec(pattern) ?? []) : [];
  return hours === undefined
    ? undefined
    : { message: `${hours} of a DATE is 00 on every row`, help: "leave it out, or format() the timestamp" };
}

/** What a pattern has and hardly a text: a class with a range or none of it, a letter class, any number of any characters. */
const REGEX = /\\[dwsDWS]|\[\^[^\]]+\]|\[[^\]]*\w-\w[^\]]*\]|\][*+]|\.[*+]/;
const PATTERN_OF: Readonly<Partial<Record<Called, string>>> = {
  replace: "regexpReplace() replaces what matches a pattern",
  contains: "matches() asks for a pattern",
  startsWith: "matches() asks for a pattern, which ^ binds to the beginning",
  endsWith: "matches() asks for a pattern, which \\z binds to the end",
  split: "regexpReplace() what separates by one text first",
  splitPart: "regexpReplace() what separates by one text first",
};

/** A pattern where a text is looked for as it stands. */
function regexIn(fn: Called, sought: string): Words | undefined {
  const help = PATTERN_OF[fn];
  if (help === undefined || !REGEX.test(sought)) return undefined;
  return { message: `${fn}() looks for ${JSON.stringify(sought)} as it stands`, help };
}

/** EXPR010: what is ordered has its own order, not that of the letters it is written with. */
const ordersAreOfValues = eachTable((table) =>
  [...ordersIn(table), ...computedExprs(table).flatMap(compared)].filter(isWritten).map((expr) =>
    warning({
      code: "EXPR010",
      message:
        expr.kind === "cast"
          ? 'a number is ordered as a text, in which "10" comes before "9"'
          : "a time is ordered as a text whose pattern does not go from greater to smaller units",
      help: "order and compare the value itself",
      at: expr.at,
    }),
  ),
);

function isWritten(expr: ExprNode): boolean {
  if (expr.kind === "cast") return expr.type.kind === "string" && isNumeric(expr.arg.type);
  if (expr.kind !== "call" || expr.fn !== "format") return false;
  const parts = String(expr.options?.["pattern"]).match(/yyyy|MM|dd|HH|mm|ss/g) ?? [];
  return !"yyyy,MM,dd,HH,mm,ss".includes(parts.join());
}

function ordersIn(table: TableNode): readonly ExprNode[] {
  const steps = tableSteps(table).flatMap((step) =>
    step.kind === "dedupe" || step.kind === "limit" ? exprsOf(step.orderBy) : [],
  );
  const changes = tableChanges(table);
  return [...steps, ...changes.flatMap((one) => (one.kind === "changes" ? [one.sequence] : []))];
}

/** What an expression puts in order. */
function compared(expr: ExprNode): readonly ExprNode[] {
  if (expr.kind === "window") return exprsOf(expr.orderBy);
  if (expr.kind !== "call" && expr.kind !== "aggregate") return [];
  if (orderOf(expr) === "pick") return expr.args.slice(1);
  return specOf(expr)?.orders ? expr.args : [];
}

/** EXPR011: a range of times that ends with a day ends where the day begins. */
const rangesReachTheirEnd = eachTable((table) =>
  computedExprs(table).flatMap((expr) => {
    if (expr.kind !== "call" || (expr.fn !== "le" && expr.fn !== "between")) return [];
    const [time, ...bounds] = expr.args;
    const end = bounds.at(-1);
    const isTimestamp =
      time?.kind === "column" && (time.type.kind === "timestamp" || time.type.kind === "timestampNtz");
    if (!isTimestamp || end?.kind !== "literal" || !/^[-\d]+ 00:00:00$/.test(String(end.value))) return [];
    const day = String(end.value).slice(0, -9);
    return [
      warning({
        code: "EXPR011",
        message: `${expr.fn}() of "${time.name}" ends at the first instant of ${day}: the rest of that day is left out`,
        help: "compare toDate(), or use lt() of the day after",
        at: expr.at,
      }),
    ];
  }),
);

export const TEXTS_RULES: readonly Rule[] = [
  patternsMeanWhatTheySay,
  textsAreNoParameters,
  namesAreNoColumns,
  ordersAreOfValues,
  rangesReachTheirEnd,
];
