/** docs/functions.md: what there is to call, from the typed interfaces and the catalogue of functions. `npm run docs` writes it. */
import { readFileSync, writeFileSync } from "node:fs";
import { ALIASES } from "../src/builder/expr/methods.ts";
import { functionSpec } from "../src/functions/index.ts";
import { duckdbFunctions } from "../src/targets/duckdb/functions.ts";

const SRC = "../src/";

/** What a section lists: declarations of a file, each by the text that it starts with. */
type Listed = readonly [file: string, ...starts: string[]];

const SECTIONS: Readonly<Record<string, readonly Listed[]>> = {
  "Of every column": [["typed/base.ts", "export interface Expr<", "export interface Orderable<"]],
  "Compared with constants and columns": [["typed/base.ts", "export interface Comparable<"]],
  Texts: [["typed/scalars.ts", "export interface StringExpr<", "export interface TextMethods<"]],
  Numbers: [["typed/number.ts", "export interface NumberExpr<"]],
  Booleans: [["typed/scalars.ts", "export interface BooleanExpr<"]],
  "Dates and timestamps": [["typed/scalars.ts", "interface DateParts<"]],
  "Dates alone (toDate() makes one of a timestamp)": [["typed/scalars.ts", "export interface DateExpr<"]],
  "Timestamps alone": [["typed/scalars.ts", "export interface TimestampExpr<"]],
  Arrays: [["typed/collections.ts", "export interface ArrayExpr<"]],
  Maps: [["typed/collections.ts", "export interface MapExpr<"]],
  Variants: [["typed/collections.ts", "export interface VariantExpr<"]],
  "Of other rows of the group or the window": [
    ["typed/sampled.ts", "export interface Neighbours<", "export interface Picks<", "export interface Extremes<"],
  ],
  "Of an aggregate": [["typed/base.ts", "export interface Agg<"]],
  "`fn`: what starts from no column": [["builder/expr/fn.ts", "export interface Functions "]],
};

/** The lines of a declaration, and by how much its members are indented. */
function declared(text: string, start: string): readonly string[] {
  const from = text.indexOf(start);
  if (from < 0) throw new RangeError(`there is no "${start}"`);
  const open = text.indexOf("{\n", from);
  const to = text.indexOf("\n}", open);
  const lines = text.slice(open + 2, to + 1).split("\n");
  const indent = /^ */.exec(lines[0] ?? "")?.[0] ?? "";
  return lines.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
}

interface Member {
  readonly name: string;
  readonly parameters: string;
  readonly comment: string;
}

/** The text without the type parameters that it begins with. */
function afterGenerics(text: string): string {
  if (!text.startsWith("<")) return text;
  let depth = 0;
  for (const [i, c] of [...text].entries()) {
    if (c === "<") depth++;
    if (c === ">" && text[i - 1] !== "=" && --depth === 0) return text.slice(i + 1);
  }
  return "";
}

/** The names of the parameters of a member, from what follows its name: what stands in the first parentheses, at no depth. */
function parametersOf(signature: string): string {
  const text = afterGenerics(signature);
  const open = text.indexOf("(");
  let depth = 0;
  let top = "";
  for (const c of open < 0 ? "" : text.slice(open)) {
    if ("({[<".includes(c)) depth++;
    if (depth === 1) top += c;
    if (")}]>".includes(c) && --depth === 0) break;
  }
  return [...top.matchAll(/((?:\.\.\.)?\w+\??):/g)].map(([, name]) => name).join(", ");
}

function members(lines: readonly string[]): readonly Member[] {
  const found: Member[] = [];
  let comment: string[] = [];
  for (const [i, line] of lines.entries()) {
    const words = /^(?:\/\*\*| \*\/?) ?(.*?)(?: ?\*\/)?$/.exec(line)?.[1];
    if (words !== undefined) {
      comment = line.startsWith("/**") ? [words] : [...comment, words];
      continue;
    }
    const name = /^(?:readonly )?([a-z]\w*)(?=[<(:])/i.exec(line)?.[1];
    if (name === undefined) continue;
    const end = lines.findIndex((later, at) => at >= i && /[;{]$/.test(later));
    const text = lines.slice(i, end + 1).join(" ");
    if (!text.includes(": Problem<"))
      found.push({
        name,
        parameters: parametersOf(text.slice(text.indexOf(name) + name.length)),
        comment: comment.join(" ").trim(),
      });
    comment = [];
  }
  return found.filter(({ comment }) => !comment.startsWith("@deprecated"));
}

/** Methods that call a function of another name. */
const BEHIND: Readonly<Record<string, string>> = { ...ALIASES, convert: "convertUnit" };

function row({ name, parameters, comment }: Member): string {
  const behind = BEHIND[name] ?? name;
  const sql = functionSpec(behind)?.spark;
  const template = typeof sql === "string" ? sql : typeof sql === "object" && "operator" in sql ? sql.operator : "";
  const duckdb: unknown = Object.hasOwn(duckdbFunctions, behind) ? Reflect.get(duckdbFunctions, behind) : undefined;
  const refused = typeof duckdb === "object" && duckdb !== null && "refused" in duckdb;
  const words = [comment.split(" @")[0] ?? "", ...(refused ? ["Not on DuckDB."] : [])].filter(Boolean).join(" ");
  const cells = [`\`${name}(${parameters})\``, words, template && `\`${template}\``];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

export function functionsPage(): string {
  const sections = Object.entries(SECTIONS).map(([title, listed]) => {
    const rows = listed.flatMap(([file, ...starts]) => {
      const text = readFileSync(new URL(SRC + file, import.meta.url), "utf8");
      return starts.flatMap((start) => members(declared(text, start))).map(row);
    });
    return `## ${title}\n\n| call | what it gives | Spark's SQL |\n| --- | --- | --- |\n${[...new Set(rows)].join("\n")}\n`;
  });
  return `# What there is to call

<!-- Written by "npm run docs" from the typed interfaces and the catalogue of functions. -->

Everything is a method of a column, but for \`fn\`. In Spark's SQL, \`$1\` is the column and \`$2\` an argument. Names of other tools are
in [you know it as](guides/you-know-it-as.md); what is not here, [\`sql\`](../README.md#what-the-types-know) does. An aggregate or a
window function is a column of its own: calculate with it in the next step, \`.derive((r) => ({ mean: r.mean.round(2) }))\`.

${sections.join("\n")}`;
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(new URL("../docs/functions.md", import.meta.url), functionsPage());
}
