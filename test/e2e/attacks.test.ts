/**
 * Sequences that treat a warehouse roughly: files are appended to, touched, replaced and deleted under every value of
 * `onChange`; parameters and secrets change; tables are renamed, moved to another layer and back; columns are renamed,
 * rules change their action, flows come, go and are renamed; tables, quarantines and rows are dropped by hand; updates
 * are for some tables, refresh fully, or accept the loss of one table. What each table must hold is told by a model of
 * the files and by plain SQL over bronze, not by the engine.
 */
import { rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { type AnyPipeline, param, pipeline, source, t } from "medallion";
import { type RunEvent, type RunOptions, run, type Update } from "medallion/run";
import { expect, test } from "vitest";
import { Warehouse } from "../../src/engines/duckdb/warehouse/warehouse.ts";
import { folder, write } from "./support.ts";

const SEED = Number(process.env["MEDALLION_SEED"] ?? 8);
const CASES = Number(process.env["MEDALLION_CASES"] ?? 4);

const ON_CHANGE = ["ignore", "reread", "replace", "fail"] as const;
const RULES = ["none", "expect", "expectOrDrop", "expectOrQuarantine"] as const;

interface Shape {
  readonly onChange: (typeof ON_CHANGE)[number];
  readonly flow: "none" | "asia" | "east";
  readonly layer: "silver" | "gold";
  readonly name: "clean" | "tidy";
  readonly column: "v" | "value";
  readonly rule: (typeof RULES)[number];
  readonly temporary: boolean;
  readonly batch: string;
  readonly salt: string;
}

const FIRST: Shape = {
  onChange: "ignore",
  flow: "none",
  layer: "silver",
  name: "clean",
  column: "v",
  rule: "none",
  temporary: false,
  batch: "b1",
  salt: "s1",
};

function pipelineOf({ onChange, flow, layer, name, column, rule, temporary }: Shape): AnyPipeline {
  const columns = { id: t.int(), n: t.int(), v: t.int().nullable() };
  const own = source.json("in/*.json", columns, { onChange });
  const raw = flow === "none" ? own : own.appendFlow({ [flow]: source.json("asia/*.json", columns, { onChange }) });
  const salt = param.secret("salt", { scope: "s" });
  const base = pipeline("p")
    .bronze({ raw })
    .silver(($) => ({
      mid: $.raw.where((r) => r.n.ge(0)),
      hashed: $.raw.select((r) => ({ id: r.id, n: r.n, secret: r.id.cast(t.string()).sha256(salt) })),
      keyed: $.raw.select((r) => ({ id: r.id, n: r.n })).key((r) => r.id),
    }))
    // Events of rows that are replaced are no events.
    .scd1(($) =>
      onChange === "replace" ? {} : { state: $.raw.changes({ key: (r) => r.id, sequenceBy: (r) => r.n }) },
    );
  const kept = base.tables.mid
    .where((r) => r.n.ge(2))
    .select(({ v, ...rest }) => ({ ...rest, [column]: v, value2: v, batch: param.string("batch") }));
  const held =
    rule === "none" ? kept.comment("") : kept[rule]({ positive: (r) => r.value2.isNull().or(r.value2.ge(0)) });
  const clean = temporary ? held.temporary() : held;
  const all = layer === "silver" ? base.silver(() => ({ [name]: clean })) : base.gold(() => ({ [name]: clean }));
  return all.gold(($) => {
    const counted = layer === "silver" ? ($[name] as unknown as typeof kept) : $.mid;
    return { totals: counted.aggregate((r) => ({ n: r.id.count() })) };
  }) as AnyPipeline;
}

// ---- what is played

const edit: fc.Arbitrary<Partial<Shape>> = fc.oneof(
  fc.record({ onChange: fc.constantFrom(...ON_CHANGE) }),
  fc.record({ flow: fc.constantFrom("none", "asia", "east") }),
  fc.record({ layer: fc.constantFrom("silver", "gold") }),
  fc.record({ name: fc.constantFrom("clean", "tidy") }),
  fc.record({ column: fc.constantFrom("v", "value") }),
  fc.record({ rule: fc.constantFrom(...RULES) }),
  fc.record({ temporary: fc.boolean() }),
  fc.record({ batch: fc.constantFrom("b1", "b2") }),
  fc.record({ salt: fc.constantFrom("s1", "s2") }),
);

type Step =
  | { readonly do: "edit"; readonly edit: Partial<Shape> }
  | { readonly do: "arrive"; readonly asia: boolean; readonly rows: number; readonly bad: boolean }
  | { readonly do: "append" | "touch" | "replace" | "delete"; readonly which: number }
  | { readonly do: "byHand"; readonly what: "table" | "quarantine" | "row"; readonly of: string }
  | { readonly do: "update"; readonly only: string; readonly fullRefresh: boolean; readonly accept: string };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("edit" as const), edit }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("arrive" as const),
      asia: fc.nat(2).map((n) => n === 0),
      rows: fc.integer({ min: 0, max: 3 }),
      bad: fc.nat(3).map((n) => n === 0),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom("append", "touch", "replace", "delete"), which: fc.nat(9) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("byHand" as const),
      what: fc.constantFrom("table", "quarantine", "row"),
      of: fc.constantFrom("bronze.raw", "silver.clean", "gold.clean", "silver.state", "gold.totals", "silver.keyed"),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constant("update" as const),
      only: fc.constantFrom("", "", "", "raw", "state", "keyed"),
      fullRefresh: fc.nat(7).map((n) => n === 0),
      accept: fc.constantFrom("", "", "", "raw", "clean", "state", "hashed"),
    }),
  },
) as fc.Arbitrary<Step>;

// ---- what is right

/** A file as it is on the disk: its lines, and a number that tells its versions apart. */
interface Delivered {
  readonly lines: readonly string[];
  readonly version: number;
}
/** A line of a version of a file that the table has read. */
type Held = readonly { readonly file: string; readonly version: number; readonly line: string }[];

const TIMES = ["_ingested_at", "_source_modified_at", "_quarantined_at", "_update_id"];

async function lines(update: Update, sql: string): Promise<readonly string[]> {
  const list = await update.query(`SELECT CAST(to_json(r) AS VARCHAR) AS r FROM (${sql}) AS r ORDER BY 1`);
  return list.map((row) => String(row["r"]));
}

async function contents(update: Update): Promise<ReadonlyMap<string, readonly string[]>> {
  const there = await update.query(
    "SELECT schema_name || '.' || table_name AS name, list(column_name ORDER BY column_index) AS columns FROM duckdb_columns() WHERE schema_name IN ('bronze', 'silver', 'gold') GROUP BY 1",
  );
  const found = new Map<string, readonly string[]>();
  for (const { name, columns } of there) {
    const compared = (columns as readonly string[]).filter((c) => !TIMES.includes(c)).map((c) => `"${c}"`);
    found.set(String(name), await lines(update, `SELECT ${compared.join(", ")} FROM ${name}`));
  }
  return found;
}

const isBad = (line: string) => line.startsWith("{bad");

class Rough {
  readonly base: string;
  readonly disk = new Map<string, Delivered>();
  shape = FIRST;
  story: string[] = [];
  #held: Held = [];
  #before: ReadonlyMap<string, readonly string[]> = new Map();
  #n = 0;

  constructor(base: string) {
    this.base = base;
  }

  async play(one: Step): Promise<void> {
    this.story.push(JSON.stringify(one));
    if (one.do === "edit") this.shape = { ...this.shape, ...one.edit };
    else if (one.do === "arrive") await this.#put(`${one.asia ? "asia" : "in"}/${this.#n}.json`, this.#lines(one));
    else if (one.do === "byHand") await this.#byHand(one);
    else if (one.do === "update") await this.#update(one);
    else await this.#change(one.do, one.which);
  }

  #lines({ rows, bad }: { readonly rows: number; readonly bad: boolean }): readonly string[] {
    const k = this.#n;
    const good = Array.from({ length: rows }, (_, i) =>
      JSON.stringify({ id: (k + i) % 5, n: k * 10 + i, v: i === 1 ? -1 : k }),
    );
    return bad ? [...good, `{bad ${k}`] : good;
  }

  async #put(file: string, all: readonly string[]): Promise<void> {
    const version = ++this.#n;
    this.disk.set(file, { lines: all, version });
    await write(this.base, file, all.map((line) => `${line}\n`).join(""));
    await this.#stamp(file, version);
  }

  async #stamp(file: string, version: number): Promise<void> {
    const at = new Date(1_700_000_000_000 + version * 10_000);
    await utimes(path.join(this.base, file), at, at);
    expect((await stat(path.join(this.base, file))).mtimeMs).toBe(at.getTime());
  }

  async #change(how: "append" | "touch" | "replace" | "delete", which: number): Promise<void> {
    const names = [...this.disk.keys()].sort();
    const file = names[which % Math.max(names.length, 1)];
    const there = file === undefined ? undefined : this.disk.get(file);
    if (file === undefined || !there) return;
    if (how === "delete") {
      this.disk.delete(file);
      await rm(path.join(this.base, file));
    } else if (how === "touch") await this.#stamp(file, ++this.#n);
    else if (how === "append") await this.#put(file, [...there.lines, ...this.#lines({ rows: 1, bad: false })]);
    else await this.#put(file, this.#lines({ rows: 2, bad: false }));
  }

  async #byHand({ what, of }: Step & { readonly do: "byHand" }): Promise<void> {
    const name = what === "quarantine" ? `${of}_quarantine` : of;
    if (!this.#before.has(name)) return;
    const warehouse = await Warehouse.open(path.join(this.base, "w.duckdb"));
    await warehouse.main.exec(
      what === "row" ? `DELETE FROM ${name} WHERE rowid = (SELECT min(rowid) FROM ${name})` : `DROP TABLE ${name}`,
    );
    await warehouse.close();
    await this.#look();
  }

  async #look(): Promise<void> {
    await using look = await run(pipeline("look"), { warehouse: path.join(this.base, "w.duckdb") });
    this.#before = await contents(look);
  }

  async #update({ only, fullRefresh, accept }: Step & { readonly do: "update" }): Promise<void> {
    const events: RunEvent[] = [];
    const { batch, salt, name } = this.shape;
    const accepted = accept === "clean" ? name : accept;
    const p = pipelineOf(this.shape);
    const has = (table: string) => table === "" || p.toNode().tables.some((t) => t.name === table);
    if (!has(only) || !has(accepted)) return;
    const options: RunOptions = {
      baseDir: this.base,
      warehouse: path.join(this.base, "w.duckdb"),
      fullRefresh,
      params: { batch, salt },
      ...(only !== "" && { only: [only] }),
      ...(accept !== "" && { acceptLoss: [accepted] }),
      onEvent: (event) => events.push(event),
    };
    let update: Update;
    try {
      update = await run(p, options);
    } catch (error) {
      // What no engine could keep up to date, such as change events of rows that are replaced, is no pipeline.
      if (error instanceof Error && "code" in error && error.code === "RUN001") {
        this.story.push(error.message);
        return;
      }
      throw error;
    }
    await using open = update;
    const now = await contents(open);
    const actions = new Map(
      events.flatMap((e) => {
        const planned = "planning_information" in e.details ? e.details.planning_information : undefined;
        return planned ? [[planned.table, planned] as const] : [];
      }),
    );
    for (const result of open.tables) {
      const table = `${result.layer}.${result.name}`;
      const label = `${table} ${result.status} ${result.reason ?? ""} ${JSON.stringify(actions.get(result.name) ?? {})}`;
      this.story.push(label);
      if (result.status === "failed" || result.status === "excluded") {
        expect(result.reason).toMatch(/STATE00[123]|SRC003|which did not complete/);
        for (const t of [table, `${table}_quarantine`])
          expect([label, now.get(t)]).toEqual([label, this.#before.get(t)]);
      }
    }
    const ok = (n: string) =>
      open.tables.some((r) => r.name === n && (r.status === "completed" || r.status === "skipped"));
    const action = (n: string) => actions.get(n)?.action ?? "none";
    if (ok("raw")) this.#read(["rebuild", "create"].includes(action("raw")), accept === "raw", accept !== "");
    await this.#checkRaw(open);
    if (ok(name)) await this.#checkClean(open, action(name), accept === "clean");
    if (ok("hashed")) await this.#checkRows(open, "silver.hashed", "id, n", "id, n FROM bronze.raw");
    if (ok("keyed")) await this.#checkRows(open, "silver.keyed", "id, n", "id, n FROM bronze.raw");
    if (ok("state"))
      await this.#checkRows(
        open,
        "silver.state",
        "id, n, v",
        "DISTINCT id, n, v FROM bronze.raw QUALIFY rank() OVER (PARTITION BY id ORDER BY n DESC) = 1",
      );
    if (ok("totals"))
      await this.#checkRows(
        open,
        "gold.totals",
        "n",
        `count(*) AS n FROM ${this.shape.layer === "gold" ? "silver.mid" : `silver.${name}`}`,
      );
    if (ok("hashed")) await this.#checkKept(open, "silver.hashed", "secret", action("hashed"), accept === "hashed");
    this.#before = now;
  }

  /** What bronze is to hold after an update that was not refused. */
  #read(rebuilt: boolean, accepted: boolean, some: boolean): void {
    const { flow, onChange } = this.shape;
    const named = [...this.disk].filter(([file]) => file.startsWith("in/") || flow !== "none");
    // A file of no bytes is no delivery: it is read when it has content.
    const all = named.flatMap(([file, d]) => d.lines.map((line) => ({ file, version: d.version, line })));
    if (rebuilt) {
      const left = this.#held.filter((h) => named.some(([file]) => file === h.file) || !h.file.startsWith("asia/"));
      const lost = left.filter((h) => !all.some((c) => c.file === h.file && c.version === h.version));
      if (!accepted && !some) expect([...this.story, lost]).toEqual([...this.story, []]);
      this.#held = all;
      return;
    }
    const fresh = all.filter(({ file }) => !this.#held.some((h) => h.file === file));
    const changed = all.filter(
      ({ file, version }) =>
        this.#held.some((h) => h.file === file) && !this.#held.some((h) => h.file === file && h.version === version),
    );
    const files = new Set(changed.map((c) => c.file));
    const again = onChange === "reread" || onChange === "replace" ? changed : [];
    const kept = onChange === "replace" ? this.#held.filter((h) => !files.has(h.file)) : this.#held;
    this.#held = [...kept, ...fresh, ...again];
  }

  async #checkRaw(update: Update): Promise<void> {
    const there = await update.query(
      "SELECT count(*) AS n FROM duckdb_tables() WHERE schema_name = 'bronze' AND table_name = 'raw'",
    );
    const status = update.tables.find((r) => r.name === "raw")?.status;
    if (Number(there[0]?.["n"]) === 0 || status === "failed") return;
    const good = await update.query(
      `SELECT _source_file || ' ' || to_json({id: id, n: n, v: v}) AS r FROM bronze.raw ORDER BY 1`,
    );
    const right = this.#held.filter((h) => !isBad(h.line)).map((h) => `${h.file} ${h.line}`);
    expect([...this.story, good.map((r) => r["r"])]).toEqual([...this.story, right.sort()]);
    const bad = await update.query("SELECT _source || ' ' || _row AS r FROM bronze.raw_quarantine ORDER BY 1");
    const wrong = this.#held.filter((h) => isBad(h.line)).map((h) => `${h.file} ${h.line}`);
    expect([...this.story, bad.map((r) => r["r"])]).toEqual([...this.story, wrong.sort()]);
  }

  async #checkClean(update: Update, action: string, accepted: boolean): Promise<void> {
    const { layer, name, column, rule } = this.shape;
    const holds = rule === "expectOrDrop" || rule === "expectOrQuarantine" ? " AND (v IS NULL OR v >= 0)" : "";
    await this.#checkRows(
      update,
      `${layer}.${name}`,
      `id, n, ${column} AS v`,
      `id, n, v FROM bronze.raw WHERE n >= 2${holds}`,
    );
    if (rule === "expectOrQuarantine") {
      await this.#checkRows(
        update,
        `${layer}.${name}_quarantine`,
        "id, n",
        "id, n FROM bronze.raw WHERE n >= 2 AND v < 0",
      );
    }
    await this.#checkKept(update, `${layer}.${name}`, "batch", action, accepted);
  }

  async #checkRows(update: Update, table: string, columns: string, right: string): Promise<void> {
    const found = await lines(update, `SELECT ${columns} FROM ${table}`);
    expect([...this.story, table, found]).toEqual([...this.story, table, await lines(update, `SELECT ${right}`)]);
  }

  /** Rows that were there keep the value that they were read under, where rows are only added. */
  async #checkKept(update: Update, table: string, column: string, action: string, accepted: boolean): Promise<void> {
    const kind = update.tables.find((r) => `${r.layer}.${r.name}` === table)?.kind;
    if (kind !== "streaming" || accepted || action === "create") return;
    const values = (all: readonly string[]) => {
      const parsed = all.map((r) => JSON.parse(r) as Record<string, unknown>);
      return parsed.map((r) => `${r["id"]} ${r["n"]} ${r[column]}`).sort();
    };
    const [before, now] = [values(this.#before.get(table) ?? []), values((await contents(update)).get(table) ?? [])];
    const rest = [...now];
    const lost = before.filter((r) => {
      const at = rest.indexOf(r);
      if (at >= 0) rest.splice(at, 1);
      return at < 0;
    });
    // Rows of a dropped flow go.
    if (this.shape.flow === "none") return;
    expect([...this.story, table, column, lost]).toEqual([...this.story, table, column, []]);
  }
}

test("however roughly it is treated, a table holds what it should, or was refused and is as it was", async () => {
  const base = await folder();
  let n = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 16 }), async (steps) => {
      const rough = new Rough(path.join(base, String(n++)));
      const last: Step = { do: "update", only: "", fullRefresh: false, accept: "" };
      for (const one of [...steps, last]) await rough.play(one);
      await rm(rough.base, { recursive: true, force: true });
    }),
    { numRuns: CASES, seed: SEED },
  );
}, 1_200_000);
