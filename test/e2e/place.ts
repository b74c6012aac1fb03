import path from "node:path";
import { type AnyPipeline, t } from "medallion";
import { type RunEvent, type RunOptions, run } from "medallion/run";
import { Warehouse } from "../../src/engines/duckdb/warehouse/warehouse.ts";
import { folder, write } from "./support.ts";

/** What an update did, in short. */
interface Ran {
  readonly status: string;
  /** `raw:completed 3` for each table, with the rows that it read. */
  readonly tables: readonly string[];
  /** `raw:settings` for each table of which the plan is not to do nothing. */
  readonly planned: readonly string[];
  readonly warned: readonly string[];
  readonly reasons: string;
}

/** A folder with data and a warehouse. */
class Place {
  readonly base: string;
  constructor(base: string) {
    this.base = base;
  }

  async write(name: string, contents: string): Promise<void> {
    await write(this.base, name, contents);
  }

  get options(): RunOptions {
    return { baseDir: this.base, warehouse: path.join(this.base, "w.duckdb") };
  }

  async run(p: AnyPipeline, options: RunOptions = {}): Promise<Ran> {
    const events: RunEvent[] = [];
    await using update = await run(p, { ...this.options, ...options, onEvent: (event) => events.push(event) });
    const planned = events.flatMap((e) =>
      e.eventType === "planning_information" && e.details.planning_information ? [e.details.planning_information] : [],
    );
    return {
      status: update.status,
      tables: update.tables.map((one) => `${one.name}:${one.status} ${one.rowsRead}`),
      planned: planned.map(({ table, action }) => `${table}:${action}`),
      warned: events
        .filter((e) => e.level === "WARN")
        .map((e) => ("code" in e.details ? `${e.details.code}: ${e.message}` : e.message)),
      reasons: update.tables.map((one) => one.reason ?? "").join("\n"),
    };
  }

  /** What somebody does to the warehouse with another tool. */
  async byHand(statement: string): Promise<void> {
    const warehouse = await Warehouse.open(path.join(this.base, "w.duckdb"));
    await warehouse.main.exec(statement);
    await warehouse.close();
  }

  /** Rows as lines, their values apart by blanks. */
  async rows(query: string): Promise<readonly string[]> {
    const warehouse = await Warehouse.open(path.join(this.base, "w.duckdb"));
    const found = await warehouse.main.rows(query);
    await warehouse.close();
    return found.map((row) => Object.values(row).map(String).join(" "));
  }
}

export const place = async () => new Place(await folder());
/** Lines of JSON with these ids. */
export const ids = (...all: readonly number[]) => all.map((id) => `{"id":${id}}\n`).join("");
export const columns = { id: t.int() };
