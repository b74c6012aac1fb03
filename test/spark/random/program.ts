/** A whole pipeline from genes: sources with rows, perhaps a history, and tables that read each other. */
import { analyze, fn, pipeline, source, t } from "medallion";
import { RelationBuilder } from "../../../src/builder/relation/builder.ts";
import type { AnyPipeline } from "../../../src/builder/typed/pipeline.ts";
import { primitive } from "../../../src/types/types.ts";
import type { Canonical } from "../canonical.ts";
import type { ViewColumn } from "../engines.ts";
import { arrow, type Code, call, evaluate, get, name, object, print, type Scope, step, value } from "./code.ts";
import type { Genes, SourceGenes } from "./genes.ts";
import { pick } from "./genes.ts";
import { type Context, freshName, type Rel } from "./relation.ts";
import { STEPS } from "./steps.ts";
import { type ColumnKind, jsonValue, KINDS } from "./values.ts";

export interface SourceRows {
  readonly table: string;
  readonly columns: readonly ViewColumn[];
  readonly rows: readonly (readonly Canonical[])[];
}

export interface Program {
  readonly pipeline: AnyPipeline;
  readonly sources: readonly SourceRows[];
  /** To paste and run. */
  readonly text: string;
}

/** Names of tables: those of the printer's own CTEs and aliases, and of columns. */
const TABLES = [
  "t",
  "t_2",
  "joined",
  "filtered",
  "derived",
  "unioned",
  "ranked",
  "rows_to_group",
  "a",
  "source_",
  "t_3",
];
const scope: Scope = { fn, pipeline, source, t };

export function programOf(genes: Genes): Program {
  const used: string[] = [];
  const claim = (n: number): string => {
    const free = freshName(used, n, TABLES);
    used.push(free);
    return free;
  };
  const sources = genes.sources.map((s, i) => sourceOf(s, claim(i)));
  const history = genes.history ? historyOf(genes.history) : undefined;
  const bronze = [...sources, ...(history ? [history] : [])];
  let code = step(call2("pipeline", value("p")), "bronze", object(bronze.map((s) => [s.table, s.declared])));
  const rows: readonly SourceRows[] = bronze;
  const known: Rel[] = [];
  for (const s of sources) known.push(sourceRel(s, code));
  if (history) {
    code = step(code, "scd2", arrow(["$"], object([["history", HISTORY]])));
    known.push(historyRel(code, history.rows.length));
  }
  for (const genesOf of genes.tables) {
    const from = pick(known, genesOf.from);
    const context: Context = { tables: known, scope: { ...scope, $: captured(code) } };
    let rel = from;
    for (const gene of genesOf.steps) rel = pick(STEPS, gene.n)(rel, gene, context) ?? rel;
    if (rel === from) continue;
    const table = claim(genesOf.name);
    const longer = step(code, "silver", arrow(["$"], object([[table, rel.code]])));
    if (isRefused(longer)) continue;
    code = longer;
    const { known: sizes, rows: most, key } = rel;
    known.push({ ...reading(code, table), known: sizes, rows: most, ...(key && { key }) });
  }
  const made = evaluate(code, scope) as AnyPipeline;
  return { pipeline: made, sources: rows, text: textOf(code, rows) };
}

/** Whether a rule refuses it, such as the sum of a key: it does not run then. */
const isRefused = (code: Code): boolean =>
  analyze(evaluate(code, scope) as AnyPipeline).some(({ severity }) => severity === "error");

const call2 = (of: string, ...args: readonly Code[]): Code => ({ kind: "call", of: name(of), args });

/** The tables of a pipeline as the callback of a layer is given them. */
function captured(code: Code): unknown {
  const made = evaluate(code, scope) as { silver(define: (tables: unknown) => object): unknown };
  let tables: unknown;
  made.silver(($) => {
    tables = $;
    return {};
  });
  return tables;
}

function reading(code: Code, table: string): Pick<Rel, "code" | "builder"> {
  const builder = (captured(code) as Readonly<Record<string, unknown>>)[table];
  if (!(builder instanceof RelationBuilder)) throw new Error(`no table ${table}`);
  return { code: get(name("$"), table), builder };
}

// ---- sources

interface Source extends SourceRows {
  readonly declared: Code;
  readonly kinds: readonly (ColumnKind & { readonly name: string })[];
  readonly key?: string;
}

const INT: ColumnKind = {
  type: primitive("int"),
  declared: call(name("t"), "int"),
  pool: [],
  bound: 1000,
  exact: true,
};

function sourceOf(genes: SourceGenes, table: string): Source {
  // Every other source has a key, so that there is something to look up and to order by.
  const keyed = genes.columns.length % 2 === 0;
  const names: string[] = keyed ? ["id"] : [];
  const drawn = genes.columns.map((gene) => {
    const column = freshName(names, gene.name);
    names.push(column);
    return { ...pick(KINDS, gene.type), name: column, nullable: gene.nullable };
  });
  const kinds = [...(keyed ? [{ ...INT, name: "id", nullable: false }] : []), ...drawn];
  const rows = genes.rows.map((cells, row) =>
    kinds.map((kind, i): Canonical => {
      if (keyed && i === 0) return String(row + 1);
      const n = cells[i] ?? i;
      return kind.nullable && n % 4 === 3 ? null : pick(kind.pool, n);
    }),
  );
  const columns = object(kinds.map((k) => [k.name, k.nullable ? call(k.declared, "nullable") : k.declared]));
  const declared = call(name("source"), "json", value(`${table}/*.json`), columns);
  return {
    table,
    kinds,
    columns: kinds.map((k) => ({ name: k.name, type: k.type })),
    rows,
    declared: keyed ? call(declared, "key", arrow(["c"], get(name("c"), "id"))) : declared,
    ...(keyed && { key: "id" }),
  };
}

function sourceRel(source: Source, code: Code): Rel {
  const known = new Map(
    source.kinds.map((k) => [
      k.name,
      { bound: k.bound, grain: k.exact ? 10 : Number.POSITIVE_INFINITY, unique: k.name === source.key },
    ]),
  );
  const rel: Rel = { ...reading(code, source.table), known, rows: source.rows.length };
  return source.key ? { ...rel, key: [source.key] } : rel;
}

// ---- the history

const HISTORY: Code = call(
  get(name("$"), "events"),
  "changes",
  object([
    ["key", arrow(["c"], get(name("c"), "k"))],
    ["sequenceBy", arrow(["c"], get(name("c"), "seq"))],
    ["deleteWhen", arrow(["c"], call(get(name("c"), "op"), "eq", value("D")))],
    ["columns", arrow([{ picks: [["op", "op"]], rest: "rest" }], object([], "rest"))],
  ]),
);

function historyOf(cells: readonly (readonly number[])[]): Source {
  const kinds = ["k", "seq", "op", "city", "amount"].map((column) => {
    const text = column === "op" || column === "city";
    const kind = pick(KINDS, text ? 1 : column === "amount" ? 2 : 0);
    return { ...kind, name: column, bound: column === "amount" ? kind.bound : 1000, nullable: column === "city" };
  });
  const pools: readonly (readonly Canonical[])[] = [
    ["0", "1", "2", "-1"],
    ["1", "2", "3", "5", "8", "13", "21"],
    ["U", "U", "U", "D"],
    ["Rome", "Bonn", null],
    ["0.00", "1.00", "-0.50"],
  ];
  const columns = object(kinds.map((k) => [k.name, k.nullable ? call(k.declared, "nullable") : k.declared]));
  return {
    table: "events",
    kinds,
    columns: kinds.map((k) => ({ name: k.name, type: k.type })),
    rows: cells.map((row) => pools.map((pool, i) => pick(pool, row[i] ?? 0))),
    declared: call(name("source"), "json", value("events/*.json"), columns),
  };
}

function historyRel(code: Code, rows: number): Rel {
  const sizes: readonly (readonly [string, number])[] = [
    ["k", 10],
    ["seq", 30],
    ["city", 0],
    ["amount", 10],
    ["__START_AT", 30],
    ["__END_AT", 30],
  ];
  const known = new Map(sizes.map(([column, bound]) => [column, { bound, grain: 0, unique: false }]));
  return { ...reading(code, "history"), known, rows, history: true };
}

// ---- for a person

/** The rows of a source as a JSON file has them. */
export function jsonLines({ columns, rows }: SourceRows): string {
  const line = (row: readonly Canonical[]) =>
    `{${columns.map((c, i) => `${JSON.stringify(c.name)}: ${jsonValue(row[i] ?? null, c.type)}`).join(", ")}}\n`;
  return rows.map(line).join("");
}

function textOf(code: Code, sources: readonly SourceRows[]): string {
  const body = print(code);
  const doors = ["fn", "pipeline", "source", "t"].filter((door) => new RegExp(`\\b${door}[.(]`).test(body));
  const files = sources.map((s) => {
    const lines = jsonLines(s).split("\n").slice(0, -1);
    return `write(${JSON.stringify(s.table)}, [\n${lines.map((line) => `  ${JSON.stringify(line)},\n`).join("")}]);`;
  });
  return `import { mkdirSync, writeFileSync } from "node:fs";
import { ${doors.join(", ")} } from "medallion";
import { run } from "medallion/run";

export const p = ${body};

const write = (table: string, lines: readonly string[]) => {
  mkdirSync(table, { recursive: true });
  writeFileSync(\`\${table}/1.json\`, lines.join("\\n"));
};
${files.join("\n")}
await using update = await run(p);
for (const table of update.tables) {
  console.log(table.name);
  console.table(await update.query(\`FROM \${table.layer}.\${table.name}\`));
}
`;
}
