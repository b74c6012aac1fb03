/**
 * Files of random shape, dialect, damage, packing and order of arrival, two tables side by side: every line is there once,
 * under its file, as a row or aside, and every value is that of an independent reader.
 */
import path from "node:path";
import fc from "fast-check";
import { pipeline, source, t } from "medallion";
import { run, type Update } from "medallion/run";
import { expect, test } from "vitest";
import { folder, table, write } from "../support.ts";
import { csvFiles, type Delivery, jsonFiles, UPDATES } from "./drawn.ts";
import { type Read, readCsv, readJsonLines } from "./reader.ts";

const CASES = Number(process.env["MEDALLION_CASES"] ?? 8);

/** What a table and its quarantine hold of each file. `undefined`: the file is refused as a whole. */
type Held = Readonly<
  Record<string, { readonly rows: readonly string[]; readonly quarantined: readonly string[] } | undefined>
>;

/** JSON whose keys are sorted at every depth: their order is no part of what is rescued. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([key, inner]) => [key, canonical(inner)]),
  );
}

const line = (values: readonly unknown[], rescued: unknown) => JSON.stringify([...values, canonical(rescued)]);

function expected(read: Read | undefined) {
  return (
    read && {
      rows: read.rows.map((values, i) => line(values, read.rescued[i] ?? null)).sort(),
      quarantined: [...read.quarantined].sort(),
    }
  );
}

async function held(update: Update, name: string, columns: readonly string[]): Promise<Held> {
  const rows = await update.query(`SELECT _source_file AS f, _rescued_data AS r, ${columns} FROM bronze.${name}`);
  const aside = await update.query(`SELECT _source AS f, _row, _reason FROM bronze.${name}_quarantine`);
  const files = new Set([...rows, ...aside].map((row) => String(row["f"])));
  return Object.fromEntries(
    [...files].map((file) => {
      const own = aside.filter((row) => row["f"] === file);
      if (own.some((row) => String(row["_reason"]).startsWith("the file cannot be read"))) {
        expect([own.length, rows.some((row) => row["f"] === file)], file).toEqual([1, false]);
        return [file, undefined];
      }
      const good = rows.filter((row) => row["f"] === file);
      const rescued = (row: (typeof rows)[number]) => (typeof row["r"] === "string" ? JSON.parse(row["r"]) : null);
      return [
        file,
        {
          rows: good
            .map((row) =>
              line(
                columns.map((c) => row[c]),
                rescued(row),
              ),
            )
            .sort(),
          quarantined: own.map((row) => String(row["_row"])).sort(),
        },
      ];
    }),
  );
}

interface Table {
  readonly name: "csv" | "json";
  readonly columns: readonly string[];
  readonly files: readonly Delivery[];
  readonly read: (text: Buffer) => Read | undefined;
}

const nameOf = ({ name }: Table, { ending }: Delivery, i: number) => `${name}/${i}.${name}${ending}`;

/** The records that a file counts as. */
function recordsOf(held: Held[string]): number {
  return held ? held.rows.length + held.quarantined.length : 1;
}

async function check(update: Update, one: Table, now: number): Promise<void> {
  const found = await held(update, one.name, one.columns);
  let arrived = 0;
  for (const [i, file] of one.files.entries()) {
    const name = nameOf(one, file, i);
    if (file.update > now) {
      expect(found, name).not.toHaveProperty([name]);
      continue;
    }
    const want = file.text && expected(one.read(file.text));
    const isEmpty = want ? recordsOf(want) === 0 : file.contents.length === 0 && !(name in found);
    const asWhole = name in found && found[name] === undefined;
    // What is damaged may be more to the engine than to Node.
    if (!(file.damaged && asWhole) && isEmpty) expect(found, name).not.toHaveProperty([name]);
    else if (!(file.damaged && asWhole))
      expect({ [name]: found[name], there: name in found }).toEqual({ [name]: want, there: true });
    if (file.update === now && name in found) arrived += recordsOf(found[name]);
  }
  expect(table(update, one.name), `update ${now} of ${one.name}`).toMatchObject({ rowsRead: arrived });
}

const columnsOf = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, t.string().nullable()]));

test("CSV and JSON lines, two tables side by side, over several updates", { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(csvFiles, jsonFiles, async (csv, json) => {
      const { delimiter, columns, header } = csv;
      const tables: readonly Table[] = [
        { name: "csv", columns, files: csv.files, read: (text) => readCsv(text, csv) },
        { name: "json", columns: ["a", "b"], files: json, read: (text) => readJsonLines(text, ["a", "b"]) },
      ];
      const base = await folder();
      const p = pipeline("p").bronze({
        csv: source.csv("csv/*", columnsOf(columns), { delimiter, header }),
        json: source.json("json/*", columnsOf(["a", "b"])),
      });
      for (let now = 0; now < UPDATES; now++) {
        for (const one of tables) {
          for (const [i, file] of one.files.entries()) {
            if (file.update === now) await write(base, nameOf(one, file, i), file.bytes);
          }
        }
        await using update = await run(p, { baseDir: base, warehouse: path.join(base, "w.duckdb") });
        expect(update.status).toBe("completed");
        for (const one of tables) await check(update, one, now);
      }
    }),
    { numRuns: CASES },
  );
});
