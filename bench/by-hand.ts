/** The flights pipeline as SQL written by hand (flights.sql), and whether it gives what the engine gives. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { text, withDuckDB } from "./warehouse.ts";

/** Runs flights.sql into a new warehouse, until it is written and closed. */
export async function runByHand(warehouse: string, baseDir: string): Promise<void> {
  const script = await readFile(path.join(import.meta.dirname, "flights.sql"), "utf8");
  await withDuckDB(warehouse, async (connection) => {
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run(`SET file_search_path = ${text(baseDir)}`);
    await connection.run(script);
  });
}

const SAME = [
  "silver.airports",
  "silver.airlines",
  "silver.planes",
  "silver.weather",
  "silver.carriers",
  "silver.flights",
  "gold.flight_facts",
  "gold.delays_by_carrier_month",
  "gold.punctuality_by_weather",
];

/** The declared columns of bronze tables are compared by the tables that read them; what is quarantined, by its rows. */
const COUNTED = ["bronze.flights_raw", "bronze.flights_raw_quarantine", "silver.flights_quarantine"];

/** What differs between the engine's warehouse and the one by hand: a line a table, none where they agree. */
export function differences(engine: string, byHand: string): Promise<readonly string[]> {
  return withDuckDB(":memory:", async (connection) => {
    await connection.run(`ATTACH ${text(engine)} AS engine (READ_ONLY); ATTACH ${text(byHand)} AS by_hand (READ_ONLY)`);
    const count = async (sql: string) => Number((await connection.runAndReadAll(sql)).getRowsJS()[0]?.[0]);
    const found: string[] = [];
    for (const table of SAME) {
      const either = [`engine.${table}`, `by_hand.${table}`];
      const [lost, added] = [either, either.toReversed()].map(([a, b]) => `(FROM ${a} EXCEPT ALL FROM ${b})`);
      const rows = await count(`SELECT count(*) FROM (FROM ${lost} UNION ALL FROM ${added})`);
      if (rows > 0) found.push(`${table}: ${rows} rows are on one side only`);
    }
    for (const table of COUNTED) {
      const [ours, theirs] = [
        await count(`SELECT count(*) FROM engine.${table}`),
        await count(`SELECT count(*) FROM by_hand.${table}`),
      ];
      if (ours !== theirs) found.push(`${table}: ${ours} rows, ${theirs} by hand`);
    }
    return found;
  });
}
