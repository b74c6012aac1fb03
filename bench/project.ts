/**
 * A large project as source text, as a person would write it: modules of `SETS_PER_MODULE` subjects, and an index that
 * puts them together. A subject is four tables: bronze (18 columns), silver, history and gold.
 */

export interface Module {
  readonly name: string;
  readonly text: string;
}

const SETS_PER_MODULE = 25;
const COLUMNS = ["t.string()", "t.bigint()", 't.double().unit("EUR")', "t.timestamp()", 't.string().pii("email")'];

/** Column names differ from subject to subject, so that no two records are of one type by chance. */
const column = (set: number, k: number) => `c${k}_${set % 7}`;
const SOURCE_COLUMNS = 15;

/**
 * Modules of a pipeline of `sets × 4` tables; `index.ts` exports it as its default. `apart`: as many pipelines as there
 * are modules, in a list.
 */
export function pipelineProject(sets: number, how: "together" | "apart" = "together"): readonly Module[] {
  const modules: Module[] = [];
  for (let from = 0; from < sets; from += SETS_PER_MODULE) {
    modules.push(area(modules.length, range(from, Math.min(from + SETS_PER_MODULE, sets))));
  }
  const names = modules.map((module) => module.name.replace(".ts", ""));
  const imports = names.map((name) => `import { ${name} } from "./${name}.ts";`);
  const together = [
    'import { pipeline } from "medallion";',
    ...imports,
    "",
    'export default pipeline("big")',
    ...names.map((name) => `  .include(${name})`),
  ];
  const index = how === "together" ? together : [...imports, "", `export default [${names.join(", ")}]`];
  return [...modules, { name: "index.ts", text: `${index.join("\n")};\n` }];
}

/** Every other subject is an entity; the others refer to the entity before them. */
function area(number: number, sets: readonly number[]): Module {
  const [first = 0] = sets;
  const entities = sets.filter((set) => (set - first) % 2 === 0);
  const events = sets.filter((set) => (set - first) % 2 === 1);
  const lines = [
    'import { pipeline, source, t } from "medallion";',
    "",
    `export const area${number} = pipeline("area${number}")`,
    "  .bronze({",
    ...sets.map((set) => `    b${set}: ${bronze(set)},`),
    "  })",
    ...step("silver", entities, (set) => `    s${set}: ${silver(set)},`),
    ...step("silver", events, (set) => `    s${set}: ${silver(set)}.references($.s${set - 1}, (c) => c.fk),`),
    ...step("scd2", sets, (set) => `    h${set}: ${history(set)},`),
    ...step("gold", sets, (set) => `    g${set}: ${gold(set, set > first ? set - 1 : set)},`),
  ];
  return { name: `area${number}.ts`, text: `${lines.join("\n")};\n` };
}

function step(layer: string, sets: readonly number[], line: (set: number) => string): readonly string[] {
  return sets.length === 0 ? [] : [`  .${layer}(($) => ({`, ...sets.map(line), "  }))"];
}

function bronze(set: number): string {
  const columns = range(0, SOURCE_COLUMNS).map((k) => `${column(set, k)}: ${COLUMNS[k % COLUMNS.length]}`);
  return `source.json("data/b${set}/*.json", { id: t.bigint(), fk: t.bigint(), ts: t.timestamp(), ${columns.join(", ")} })`;
}

function silver(set: number): string {
  const [text, money, time] = [column(set, 0), column(set, 2), column(set, 3)];
  return [
    `$.b${set}`,
    `.where((c) => c.${money}.gt(0))`,
    `.derive((c) => ({ x: c.${money}.times(2), y: c.${text}.lower().concat("a") }))`,
    ".key((c) => c.id)",
    `.expectOrQuarantine({ in_time: (c) => c.${time}.le(c.ts) })`,
  ].join("");
}

function history(set: number): string {
  return `$.s${set}.changes({ key: (c) => c.id, sequenceBy: (c) => c.ts, columns: ({ fk, ...rest }) => rest })`;
}

function gold(set: number, other: number): string {
  const brought = `(l, r) => ({ id: l.id, k: r.${column(other, 0)}, x: l.x, z: l.${column(set, 7)} })`;
  return [
    `$.s${set}`,
    `.lookup($.s${other}, (c) => c.fk, ${brought})`,
    ".groupBy((c) => ({ k: c.k }))",
    ".aggregate((c) => ({ total: c.x.sum(), z: c.z.sum() }))",
  ].join("");
}

const TABLES_PER_MODULE = 50;
const ROW = ["string", "number", "number", "Date", "string"];

/**
 * The baseline: `tables × 2` Kysely queries over `tables` tables of 18 columns, of the kind of the silver and gold
 * tables above. `index.ts` exports them as `queries`.
 */
export function kyselyProject(tables: number): readonly Module[] {
  const modules: Module[] = [];
  for (let from = 0; from < tables; from += TABLES_PER_MODULE) {
    const numbers = range(from, Math.min(from + TABLES_PER_MODULE, tables));
    modules.push({
      name: `queries${modules.length}.ts`,
      text: [
        'import { db } from "./database.ts";',
        "",
        `export const queries${modules.length} = [`,
        ...numbers.flatMap((table) => [`  ${rowQuery(table)},`, `  ${groupQuery(table, Math.max(table - 1, from))},`]),
        "];",
        "",
      ].join("\n"),
    });
  }
  const index = [
    ...modules.map((_, i) => `import { queries${i} } from "./queries${i}.ts";`),
    "",
    `export const queries = [${modules.map((_, i) => `...queries${i}`).join(", ")}];`,
    "",
  ];
  return [database(tables), ...modules, { name: "index.ts", text: index.join("\n") }];
}

function database(tables: number): Module {
  const row = (table: number) =>
    range(0, SOURCE_COLUMNS)
      .map((k) => `${column(table, k)}: ${ROW[k % ROW.length]}`)
      .join("; ");
  const text = [
    'import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from "kysely";',
    "",
    "export interface Database {",
    ...range(0, tables).map((table) => `  t${table}: { id: number; fk: number; ts: Date; ${row(table)} };`),
    "}",
    "",
    "export const db = new Kysely<Database>({",
    "  dialect: {",
    "    createAdapter: () => new SqliteAdapter(),",
    "    createDriver: () => new DummyDriver(),",
    "    createIntrospector: (it) => new SqliteIntrospector(it),",
    "    createQueryCompiler: () => new SqliteQueryCompiler(),",
    "  },",
    "});",
    "",
  ];
  return { name: "database.ts", text: text.join("\n") };
}

function rowQuery(table: number): string {
  const [text, money] = [column(table, 0), column(table, 2)];
  const names = range(0, SOURCE_COLUMNS).map((k) => `"${column(table, k)}"`);
  return [
    `db.selectFrom("t${table}")`,
    `.where("${money}", ">", 0)`,
    `.select(["id", "fk", "ts", ${names.join(", ")}])`,
    `.select((eb) => [eb("${money}", "*", 2).as("x"), eb.fn<string>("concat", [eb.fn("lower", ["${text}"]), eb.val("a")]).as("y")])`,
  ].join("");
}

function groupQuery(table: number, other: number): string {
  const [key, money, more] = [column(other, 0), column(table, 2), column(table, 7)];
  return [
    `db.selectFrom("t${table} as l")`,
    `.leftJoin("t${other} as r", "r.id", "l.fk")`,
    `.select((eb) => ["r.${key} as k", eb.fn.sum("l.${money}").as("total"), eb.fn.sum("l.${more}").as("z")])`,
    `.groupBy("r.${key}")`,
  ].join("");
}

export function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
