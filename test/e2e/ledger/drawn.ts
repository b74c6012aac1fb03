/** Pipelines of tables with rules, keys, lookups, flows and backfills, as data that shrinks, and as built. */
import fc from "fast-check";
import { type AnyPipeline, param, pipeline, source, t } from "medallion";
import {
  type Action,
  bound,
  COLUMNS,
  type Column,
  type Condition,
  folderOf,
  type Query,
  type Row,
  type Rule,
  type Step,
  type Table,
} from "./model.ts";

// biome-ignore lint/suspicious/noExplicitAny: what is drawn has no types.
type Untyped = any;

const column = fc.constantFrom(...COLUMNS);
const choice = fc.nat(99);
const condition: fc.Arbitrary<Condition> = fc.letrec<{ any: Condition; one: Condition }>((tie) => ({
  one: fc.oneof(
    fc.record({
      is: fc.constant("over" as const),
      column,
      than: fc.oneof(fc.integer({ min: -1, max: 2 }), fc.constant("least" as const)),
    }),
    fc.record({ is: fc.constant("known" as const), column }),
    fc.record({ is: fc.constant("same" as const), columns: fc.constant(["id", "k"] as const) }),
  ),
  any: fc.oneof(
    { weight: 4, arbitrary: tie("one") },
    { weight: 1, arbitrary: fc.record({ is: fc.constant("not" as const), of: tie("one") }) },
    { weight: 1, arbitrary: fc.record({ is: fc.constant("either" as const), of: fc.tuple(tie("one"), tie("one")) }) },
  ),
})).any;

const other = choice;
const on = fc.tuple(column, column);
const rowWise = fc.oneof(
  fc.record({ do: fc.constant("where" as const), condition }),
  fc.record({ do: fc.constant("turn" as const) }),
  fc.record({ do: fc.constant("union" as const), other }),
);
const step = fc.oneof(
  { weight: 3, arbitrary: rowWise },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("lookup" as const), other, on, takes: column }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("semi" as const, "anti" as const), other, on }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("join" as const, "leftJoin" as const, "fullJoin" as const),
      other,
      on,
      takes: column,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("dedupe" as const), key: column, orderBy: column }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("group" as const), by: column }) },
);

type StepGene = typeof step extends fc.Arbitrary<infer T> ? T : never;
interface QueryGene {
  readonly from: number;
  readonly steps: readonly StepGene[];
}

const query = (of: fc.Arbitrary<StepGene>): fc.Arbitrary<QueryGene> =>
  fc.record({ from: choice, steps: fc.array(of, { maxLength: 3, size: "max" }) });

const settings = fc.record({
  rules: fc.array(
    fc.record({
      // A rule that fails its table keeps everything after it from being tried.
      action: fc.constantFrom<Action>("warn", "drop", "drop", "quarantine", "quarantine", "quarantine", "warn", "fail"),
      condition,
    }),
    { maxLength: 3 },
  ),
  key: fc.constantFrom<readonly Column[]>([], ["id"], ["id"], ["k"], ["id", "k"]),
});

const ofFiles = { settings, required: fc.boolean(), flow: fc.boolean() };
const ofQuery = {
  settings,
  query: fc.oneof(query(rowWise), query(step)),
  materialized: fc.nat(3).map((n) => n === 3),
  flow: fc.option(query(rowWise), { freq: 2 }),
};
const backfill = fc.option(query(step), { freq: 2 });

export const tables = fc.record({
  files: fc.tuple(fc.record(ofFiles), fc.record(ofFiles)),
  queries: fc.array(fc.record({ ...ofQuery, backfill }), { minLength: 1, maxLength: 4, size: "max" }),
});
export type Genes = typeof tables extends fc.Arbitrary<infer T> ? T : never;

/** What somebody changes of the pipeline: settings of one table, or how many of the tables there are. */
export const edit = fc.oneof(
  fc.record({ which: fc.nat(1), files: fc.record(ofFiles, { requiredKeys: [] }) }),
  fc.record({ which: choice, query: fc.record(ofQuery, { requiredKeys: [] }) }),
  fc.record({ count: fc.integer({ min: 1, max: 4 }) }),
);
export type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

export interface Edited {
  readonly genes: Genes;
  /** How many tables with queries there are. */
  readonly count: number;
}

export function edited({ genes, count }: Edited, one: Edit): Edited {
  if ("count" in one) return { genes, count: one.count };
  const at = <G>(all: readonly G[], change: Partial<G>): G[] =>
    all.map((gene, i) => (i === one.which % all.length ? { ...gene, ...change } : gene));
  if ("query" in one) return { genes: { ...genes, queries: at(genes.queries, one.query) }, count };
  const [raw = genes.files[0], dims = genes.files[1]] = at(genes.files, one.files);
  return { genes: { ...genes, files: [raw, dims] }, count };
}

/** Tables that hold the same, however often and in which order they were brought up to date. */
export function timeless({ genes, count }: Edited): readonly Table[] {
  const queries = genes.queries.slice(0, count).map((gene) => ({ ...gene, backfill: null }));
  return bound(tablesOf({ ...genes, queries }), 1).map((table) => ({
    ...table,
    rules: table.rules.map((rule) => (rule.action === "fail" ? { ...rule, action: "warn" } : rule)),
  }));
}

const cell = fc.option(fc.integer({ min: 0, max: 2 }), { freq: 5 });
export const row: fc.Arbitrary<Row> = fc.record({ id: cell, k: cell, v: cell });
/** The folders that files come to. */
export const FOLDERS = ["raw", "raw_more", "dims", "dims_more"].map(folderOf);

/** The tables that genes stand for, each reading those before it. */
export function tablesOf({ files, queries }: Genes): readonly Table[] {
  const made: Table[] = files.map(({ settings: of, required, flow }, i) => {
    const name = i === 0 ? "raw" : "dims";
    const flows = flow ? [{ name: `${name}_more`, once: false }] : [];
    const columns = COLUMNS.filter((c) => of.key.includes(c) || (required && c === "id"));
    return { name, required: columns, streaming: true, flows, ...settingsOf(of) };
  });
  for (const [i, gene] of queries.entries()) {
    const { key } = gene.settings;
    // A key is refused where a column of it may be null.
    const known: readonly Step[] = key.length > 0 ? [{ do: "known", columns: key }] : [];
    const queryOf = ({ from, steps }: QueryGene): Query => ({
      from: nameAt(made, from),
      steps: [...steps.flatMap((one) => stepOf(one, made)), ...known],
    });
    const given = queryOf(gene.query);
    const streaming = !gene.materialized && isRowWise(given, made);
    const flow = streaming && gene.flow ? queryOf(gene.flow) : undefined;
    const flows = [
      ...(flow && isRowWise(flow, made) ? [{ name: `t${i}_flow`, once: false, query: flow }] : []),
      ...(streaming && gene.backfill ? [{ name: `t${i}_old`, once: true, query: queryOf(gene.backfill) }] : []),
    ];
    // What may be null in a flow may be so in its table.
    const loose: readonly Step[] = flows.length > 0 ? [{ do: "loosen" }, ...known] : [];
    const query = { ...given, steps: [...given.steps, ...loose] };
    made.push({ name: `t${i}`, query, required: [], streaming, flows, ...settingsOf(gene.settings) });
  }
  return made;
}

function settingsOf({ rules, key }: Genes["files"][number]["settings"]): Pick<Table, "rules" | "key"> {
  return { key, rules: rules.map((rule, i): Rule => ({ name: `rule ${i}`, ...rule })) };
}

const nameAt = (made: readonly Table[], n: number): string => made[n % made.length]?.name ?? "raw";

function stepOf(gene: StepGene, made: readonly Table[]): readonly Step[] {
  if (!("other" in gene)) return [gene];
  if (gene.do !== "lookup") return [{ ...gene, other: nameAt(made, gene.other) }];
  const keyed = made.filter((table) => table.key.length > 0);
  const found = keyed[gene.other % Math.max(keyed.length, 1)];
  return found ? [{ ...gene, other: found.name, on: gene.on.slice(0, found.key.length) }] : [];
}

const ROW_BY_ROW: readonly Step["do"][] = ["where", "known", "turn", "loosen", "union"];

/** Whether a query reads only rows that are never changed, one by one. */
function isRowWise({ from, steps }: Query, made: readonly Table[]): boolean {
  const grows = (name: string) => made.find((table) => table.name === name)?.streaming === true;
  return grows(from) && steps.every((s) => ROW_BY_ROW.includes(s.do) && (!("other" in s) || grows(s.other)));
}

// ---- as built

export function pipelineOf(all: readonly Table[]): AnyPipeline {
  const files = all.filter((table) => table.query === undefined);
  const bronze = pipeline("ledger").bronze(Object.fromEntries(files.map((table) => [table.name, fromFiles(table)])));
  const queries = all.filter((table) => table.query !== undefined);
  return queries.reduce<Untyped>(
    (p, table) => p.silver(($: Untyped) => ({ [table.name]: fromQuery(table, $) })),
    bronze,
  );
}

function fromFiles(table: Table): Untyped {
  const cells = t.int().nullable();
  const columns = Object.fromEntries(COLUMNS.map((c) => [c, table.required.includes(c) ? t.int() : cells]));
  const from = (name: string): Untyped => source.json(`${folderOf(name)}/*.json`, columns as Untyped);
  const flows = Object.fromEntries(table.flows.map((flow) => [flow.name, from(flow.name)]));
  const made = from(table.name);
  return withSettings(table, table.flows.length > 0 ? made.appendFlow(flows) : made);
}

function fromQuery(table: Table, $: Untyped): Untyped {
  const own = table.query ? built(table.query, $) : $;
  const flowing = table.flows.reduce(
    (made, { name, once, query: of }) => (of ? made[once ? "backfill" : "appendFlow"]({ [name]: built(of, $) }) : made),
    table.streaming ? own : own.materialized(),
  );
  return withSettings(table, flowing);
}

function withSettings({ rules, key }: Table, relation: Untyped): Untyped {
  const methods = { warn: "expect", drop: "expectOrDrop", fail: "expectOrFail", quarantine: "expectOrQuarantine" };
  const ruled = rules.reduce(
    (made, { name, action, condition: of }) => made[methods[action]]({ [name]: (c: Untyped) => conditionOf(of, c) }),
    relation,
  );
  return key.length === 0
    ? ruled
    : ruled.key((c: Untyped) => (key.length === 1 ? c[key[0] ?? ""] : key.map((k) => c[k])));
}

function conditionOf(of: Condition, c: Untyped): Untyped {
  switch (of.is) {
    case "over":
      return c[of.column].gt(of.than === "least" ? param.int("least") : of.than);
    case "known":
      return c[of.column].isNotNull();
    case "same":
      return c[of.columns[0]].eq(c[of.columns[1]]);
    case "not":
      return conditionOf(of.of, c).not();
    case "either":
      return conditionOf(of.of[0], c).or(conditionOf(of.of[1], c));
  }
}

/** Every column by another expression than itself would be: a table's own are required in one and not in the other. */
const built = ({ from, steps }: Query, $: Untyped): Untyped =>
  steps.reduce<Untyped>(
    (made, one) => withStep(made, one, $),
    $[from].select((c: Untyped) => ({ ...c })),
  );

function withStep(given: Untyped, one: Step, $: Untyped): Untyped {
  switch (one.do) {
    case "where":
      return given.where((c: Untyped) => conditionOf(one.condition, c));
    case "known":
      return given.whereNotNull((c: Untyped) => Object.fromEntries(one.columns.map((name) => [name, c[name]])));
    case "loosen":
      return given.select((c: Untyped) => ({ id: c.id.nullIf(-9), k: c.k.nullIf(-9), v: c.v.nullIf(-9) }));
    case "turn":
      return given.select((c: Untyped) => ({ id: c.k, k: c.v, v: c.id }));
    case "union":
      return given.union($[one.other].select((c: Untyped) => ({ ...c })));
    case "lookup": {
      const keys = (c: Untyped) => (one.on.length === 1 ? c[one.on[0] ?? ""] : one.on.map((name) => c[name]));
      return given.lookup($[one.other], keys, (l: Untyped, r: Untyped) => ({
        ...l,
        v: r[one.takes].acknowledgeFanOut(),
      }));
    }
    case "semi":
    case "anti":
      return given[`${one.do}Join`]($[one.other], (l: Untyped, r: Untyped) => l[one.on[0]].eq(r[one.on[1]]));
    case "join":
    case "leftJoin":
    case "fullJoin":
      return given[one.do](
        $[one.other],
        (l: Untyped, r: Untyped) => l[one.on[0]].eq(r[one.on[1]]),
        (l: Untyped, r: Untyped) => ({
          id: l.id.acknowledgeFanOut(),
          k: l.k.acknowledgeFanOut(),
          v: r[one.takes].acknowledgeFanOut(),
        }),
      );
    case "dedupe":
      return given.dedupe({ key: (c: Untyped) => c[one.key], orderBy: (c: Untyped) => c[one.orderBy] });
    case "group":
      return given
        .groupBy((c: Untyped) => ({ id: c[one.by] }))
        .aggregate((c: Untyped) => ({ k: c.k.max(), v: c.v.min() }));
  }
}
