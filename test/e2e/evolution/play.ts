/** A project that lives on: its definition, its files and its warehouse change in turns, with updates between them. */
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rename, rm, utimes } from "node:fs/promises";
import path from "node:path";
import { type AnyPipeline, pipeline, source, t } from "medallion";
import {
  type PlanAction,
  plan,
  type RunEvent,
  run,
  type TablePlan,
  type TableResult,
  type Update,
} from "medallion/run";
import { expect } from "vitest";
import { write } from "../support.ts";
import { type Drawn, extra, orders, people, stock } from "./files.ts";
import { FIRST, type Genes, pipelineOf } from "./genes.ts";

export type Step =
  | { readonly do: "edit"; readonly genes: Partial<Genes> }
  | { readonly do: "revert" | "backup" | "restore" | "move" | "neighbour" }
  | ({ readonly do: "arrive"; readonly to: string } & Drawn)
  | { readonly do: "overwrite" | "archive" | "damage"; readonly which: number }
  | {
      readonly do: "update";
      readonly only: number | null;
      readonly fullRefresh: boolean;
      readonly acceptLoss: boolean;
      /** At which event it is stopped. */
      readonly stop: number | null;
    };

/** Rows by table, with a first line of the columns. */
type Contents = Map<string, readonly string[]>;

/** When a file was read, which a rebuild does at another time. */
const TIMES = ["_ingested_at", "_source_modified_at", "_quarantined_at", "_update_id"];

async function contentsOf(update: Update): Promise<Contents> {
  const there = await update.query(
    "SELECT schema_name || '.' || table_name AS name, list(column_name ORDER BY column_index) AS columns, list(data_type ORDER BY column_index) AS types FROM duckdb_columns() WHERE schema_name IN ('bronze', 'silver', 'gold') GROUP BY 1",
  );
  const found: Contents = new Map();
  for (const { name, columns, types } of there) {
    const compared = (columns as readonly string[]).filter((c) => !TIMES.includes(c)).map((c) => `"${c}"`);
    const list = await update.query(
      `SELECT CAST(to_json(r) AS VARCHAR) AS r FROM (SELECT ${compared.join(", ")} FROM ${name}) AS r ORDER BY 1`,
    );
    found.set(String(name), [`${compared} ${types}`, ...list.map((row) => String(row["r"]))]);
  }
  return found;
}

const held = (all: Contents, table: string) => [all.get(table), all.get(`${table}_quarantine`)];
const digestOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Another project, which has its tables in the same warehouse. */
const neighbour = pipeline("neighbour")
  .bronze({ theirs_raw: source.json("theirs/*.json", { id: t.int() }) })
  .silver(($) => ({ theirs: $.theirs_raw.where((r) => r.id.ge(0)) }));

/** Actions that say what has changed of the definition: a plan and the update that follows say the same. */
const TOLD: ReadonlySet<PlanAction> = new Set(["settings", "rename", "addColumn", "addFlow", "rebuild", "refuse"]);
/** How far inputs have changed is known to the plan before they are updated, and to the update after. */
const OF_INPUTS = / changes$| since it was read$| was not read yet$/;

export class Play {
  readonly base: string;
  readonly story: string[] = [];
  #genes: Genes;
  #past: readonly Genes[] = [];
  #folder = "data";
  #count = 0;
  #days = 0;
  #clock = 1_700_000_000_000;
  /** Every content that a file ever had, by its digest. */
  readonly #written = new Map<string, Uint8Array>();
  /** Digests of what the warehouse has read, by path. */
  #read = new Map<string, string>();
  #before: Contents = new Map();
  /** Whether the history of the stock has gone on through an edit or a loss: then it is not what a rebuild gives. */
  #ownHistory = false;
  #backup: { readonly before: Contents; readonly ownHistory: boolean } | undefined;

  constructor(base: string, genes: Genes) {
    this.base = base;
    this.#genes = genes;
    this.story.push(JSON.stringify(genesThatDiffer(genes)));
  }

  get #data(): string {
    return path.join(this.base, this.#folder);
  }
  get #warehouse(): string {
    return path.join(this.base, "w.duckdb");
  }
  isPipeline(): boolean {
    return pipelineOf(this.#genes, this.#data) !== undefined;
  }

  async play(step: Step): Promise<void> {
    this.story.push(JSON.stringify(step));
    switch (step.do) {
      case "edit":
        return this.#edit({ ...this.#genes, ...step.genes });
      case "revert":
        this.#genes = this.#past.at(-1) ?? this.#genes;
        this.#past = this.#past.slice(0, -1);
        return;
      case "arrive":
        return this.#arrive(step);
      case "update":
        return this.#update(step);
      case "backup":
        if (this.#before.size === 0) return;
        await copyFile(this.#warehouse, path.join(this.base, "backup"));
        this.#backup = { before: this.#before, ownHistory: this.#ownHistory };
        return;
      case "restore":
        return this.#restore();
      case "move":
        return this.#move();
      case "neighbour":
        return this.#runNeighbour();
      default:
        return this.#change(step);
    }
  }

  #edit(genes: Genes): void {
    if (!pipelineOf(genes, this.#data)) return;
    this.#past = [...this.#past, this.#genes];
    this.#genes = genes;
  }

  async #put(name: string, contents: string | Uint8Array): Promise<void> {
    const bytes = typeof contents === "string" ? Buffer.from(contents) : contents;
    this.#written.set(digestOf(bytes), bytes);
    await write(this.#data, name, bytes);
    this.#clock += 10_000;
    await utimes(path.join(this.#data, name), new Date(this.#clock), new Date(this.#clock));
  }

  async #arrive(step: Step & { readonly do: "arrive" }): Promise<void> {
    const stem = `${step.to}/${String(this.#count++).padStart(3, "0")}`;
    if (step.to === "people") return this.#put(`${stem}.json`, people(step));
    if (step.to === "extra") return this.#put(`${stem}.json`, extra(step));
    if (step.to === "stock") return this.#put(`${stem}.csv`, stock(step, this.#days++));
    return this.#put(`${stem}.${this.#genes.format}`, await orders(step, this.#genes, this.base));
  }

  async #change({ do: how, which }: Step & { readonly which: number }): Promise<void> {
    const all = await filesIn(this.#data);
    // Nobody can know the rows of a file that was not read once it is gone.
    const some = all.filter((name) => (how === "archive" ? this.#read.has(name) : /^(orders|asia)\b/.test(name)));
    const name = some[which % Math.max(some.length, 1)];
    if (name === undefined) return;
    this.story.push(`  ${name}`);
    if (how === "archive") return rm(path.join(this.#data, name));
    if (how === "overwrite") {
      const format = path.extname(name).slice(1) as Genes["format"];
      const drawn = { k: which * 3 + 1, rows: 1 + (which % 3), odd: which % 10 };
      return this.#put(name, await orders(drawn, { ...this.#genes, format }, this.base));
    }
    const bytes = new Uint8Array(await readFile(path.join(this.#data, name)));
    if (bytes.length > 10) bytes[bytes.length - 6] = 0x7b;
    return this.#put(name, bytes.subarray(0, Math.max(1, bytes.length - (which % 5))));
  }

  /** The warehouse as it was once, with the files and the definition of now. */
  async #restore(): Promise<void> {
    if (!this.#backup) return;
    await rm(`${this.#warehouse}.wal`, { force: true });
    await copyFile(path.join(this.base, "backup"), this.#warehouse);
    this.#before = this.#backup.before;
    this.#ownHistory = this.#backup.ownHistory;
  }

  async #move(): Promise<void> {
    await mkdir(this.#data, { recursive: true });
    const from = this.#data;
    this.#folder = `data${this.#count++}`;
    await rename(from, this.#data);
  }

  async #runNeighbour(): Promise<void> {
    await write(this.#data, "theirs/1.json", `{"id":${this.#count++}}\n`);
    await using update = await run(neighbour, { baseDir: this.#data, warehouse: this.#warehouse });
    expect(update.status).toBe("completed");
    const now = await contentsOf(update);
    for (const [table, rows] of this.#before) if (!table.includes("theirs")) this.#same(table, now.get(table), rows);
  }

  async #update({ only, fullRefresh, acceptLoss, stop }: Step & { readonly do: "update" }): Promise<void> {
    const p = pipelineOf(this.#genes, this.#data);
    if (!p) return;
    const tables = p.toNode().tables;
    const one = only === null ? undefined : tables[only % tables.length]?.name;
    const place = { baseDir: this.#data, warehouse: this.#warehouse };
    const options = { ...place, fullRefresh, ...(acceptLoss && { acceptLoss }), ...(one && { only: [one] }) };
    await mkdir(this.#data, { recursive: true });
    const planned = new Map((await plan(p, options)).tables.map((table) => [table.table, table]));
    const stopping = new AbortController();
    const told = new Map<string, TablePlan>();
    let events = 0;
    const onEvent = (event: RunEvent) => {
      if (stop !== null && events++ === stop) stopping.abort();
      if (event.eventType === "planning_information" && event.details.planning_information)
        told.set(event.details.planning_information.table, event.details.planning_information);
    };
    await using update = await run(p, { ...options, signal: stopping.signal, onEvent });
    const stopped = stopping.signal.aborted;
    const now = await contentsOf(update);
    await this.#remember(update);
    await using rebuilt = await this.#rebuilt();
    const right = await contentsOf(rebuilt);
    this.#renameBefore(planned);
    for (const result of update.tables) {
      const table = planned.get(result.name);
      if (!table) continue;
      const fresh = rebuilt.tables.find(({ name }) => name === result.name);
      if (!stopped) this.#checkTold(table, told.get(result.name), result);
      this.#check({ table, result, fresh, now, right, acceptLoss, stopped });
    }
    // What is not in the pipeline any more stays.
    for (const name of this.#before.keys())
      if (!name.endsWith("_quarantine")) this.#same(`${name} is there`, now.has(name), true);
    this.#before = now;
    await update.close();
    if (!stopped && one === undefined) await this.#checkDone(p, place, update, now);
  }

  async #remember(update: Update): Promise<void> {
    const files = await update.query(
      "SELECT path, digest FROM _medallion.files WHERE digest IS NOT NULL AND table_name <> 'theirs_raw' ORDER BY rowid",
    );
    this.#read = new Map(files.map((file) => [String(file["path"]), String(file["digest"])]));
  }

  /** A new warehouse of the same definition, from every file that is there or was read, as it was read. */
  async #rebuilt(): Promise<Update> {
    const delivered = path.join(this.base, "delivered");
    await rm(delivered, { recursive: true, force: true });
    await mkdir(delivered);
    for (const name of await filesIn(this.#data))
      await write(delivered, name, await readFile(path.join(this.#data, name)));
    for (const [name, digest] of this.#read) {
      const bytes = this.#written.get(digest);
      this.#same(`the content of ${name} is known`, bytes !== undefined, true);
      if (bytes) await write(delivered, name, bytes);
    }
    return run(pipelineOf(this.#genes, delivered) as AnyPipeline, { baseDir: delivered });
  }

  /** Tables that were renamed before the update are looked for under their new names. */
  #renameBefore(planned: ReadonlyMap<string, TablePlan>): void {
    const before = new Map(this.#before);
    for (const { layer, table, why } of planned.values()) {
      const from = /^it was ([\w.]+)/.exec(why[0] ?? "")?.[1];
      if (from === undefined) continue;
      for (const of of ["", "_quarantine"]) {
        const rows = this.#before.get(from + of);
        if (!rows) continue;
        before.delete(from + of);
        before.set(`${layer}.${table}${of}`, rows);
      }
    }
    this.#before = before;
  }

  /** The event log says what the plan says. */
  #checkTold(table: TablePlan, told: TablePlan | undefined, result: TableResult): void {
    if (table.action === "none") this.#same(`${table.table} is told`, told, undefined);
    // What the files refuse is the error of the table, which looks at them.
    const byFiles = /SRC003|no file is left of its source/.test(result.reason ?? "");
    if (!TOLD.has(table.action) || result.status === "excluded" || byFiles) return;
    const words = (of: TablePlan | undefined) => of && [of.action, of.loses, of.why.filter((w) => !OF_INPUTS.test(w))];
    const all = words(told);
    this.#same(`${table.table} is told`, all?.slice(0, 2), words(table)?.slice(0, 2));
    expect(table.why, this.story.join("\n")).toEqual(
      expect.arrayContaining([...(told?.why ?? [])].filter((w) => !OF_INPUTS.test(w))),
    );
  }

  #check({ table, result, fresh, now, right, acceptLoss, stopped }: Checked): void {
    const { action, why } = table;
    const name = `${result.layer}.${result.name}`;
    const label = `${name} ${result.status} ${result.reason ?? ""}; planned: ${action}, ${why.join("; ")}`;
    if (result.status !== "completed" && result.status !== "skipped") {
      this.#same(label, held(now, name), held(this.#before, name));
      const foreseen = action === "refuse" || /\b(EXP|SCD005|KEY)/.test(result.reason ?? "");
      if (result.status === "failed") this.#same(`${label}: foreseen`, stopped || foreseen, true);
      return;
    }
    this.#same(`${label}: not refused`, action === "refuse" || action === "exclude", false);
    if (action === "none") {
      this.#same(label, result.status, "skipped");
      this.#same(label, held(now, name), held(this.#before, name));
    }
    if (name === "silver.stock") {
      const again = action === "create" || action === "rebuild";
      const kept = why.some((words) => words.includes("its history is kept"));
      this.#ownHistory = kept || (this.#ownHistory && !again) || acceptLoss;
      if (!acceptLoss) this.#checkHistory(label, now, again);
      if (this.#ownHistory) return;
    }
    // A rule that fails the table of all rows may have been new rows' alone.
    if (fresh?.status === "completed") this.#same(label, held(now, name), held(right, name));
  }

  /** No version goes, and what has ended does not change. */
  #checkHistory(label: string, now: Contents, again: boolean): void {
    const versions = (of: Contents) => (of.get("silver.stock") ?? []).slice(1).map((row): Version => JSON.parse(row));
    const keyOf = (version: Version) => `${version["sku"]} ${version["__START_AT"]}`;
    const after = new Map(versions(now).map((version) => [keyOf(version), version]));
    for (const before of versions(this.#before)) {
      const version = after.get(keyOf(before));
      this.#same(`${label}: ${keyOf(before)} is there`, version !== undefined, true);
      if (!version || again || before["__END_AT"] === null) continue;
      const same = Object.keys(before).filter((column) => column in version);
      this.#same(label, picked(version, same), picked(before, same));
    }
  }

  /** After an update there is nothing to do, but for what it could not do. */
  async #checkDone(p: AnyPipeline, place: Place, update: Update, now: Contents): Promise<void> {
    const next = await plan(p, place);
    for (const { table, action } of next.tables) {
      const result = update.tables.find(({ name }) => name === table);
      const done = result?.status === "completed" || result?.status === "skipped";
      this.#same(`${table}: done`, action === "none", done);
    }
    if (update.status !== "completed") return;
    await using again = await run(p, place);
    expect(again.tables.filter((result) => !result.skipped)).toEqual([]);
    this.#same("once more", [...(await contentsOf(again))], [...now]);
  }

  #same(what: string, found: unknown, right: unknown): void {
    expect([what, found], this.story.join("\n")).toEqual([what, right]);
  }
}

interface Place {
  readonly baseDir: string;
  readonly warehouse: string;
}

interface Checked {
  readonly table: TablePlan;
  readonly result: TableResult;
  readonly fresh: TableResult | undefined;
  readonly now: Contents;
  readonly right: Contents;
  readonly acceptLoss: boolean;
  readonly stopped: boolean;
}

type Version = Readonly<Record<string, unknown>>;

const picked = (version: Version, names: readonly string[]) => names.map((name) => version[name]);

async function filesIn(folder: string): Promise<readonly string[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = all
    .filter((entry) => entry.isFile())
    .map((e) => path.relative(folder, path.join(e.parentPath, e.name)));
  return files.filter((name) => !name.startsWith("theirs")).sort();
}

const genesThatDiffer = (genes: Genes) =>
  Object.fromEntries(Object.entries(genes).filter(([name, value]) => FIRST[name as keyof Genes] !== value));
