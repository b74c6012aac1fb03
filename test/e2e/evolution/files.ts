/** Files of the pipeline's sources, as whoever delivers them writes them: well, or oddly. */
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Genes } from "./genes.ts";

/** What is in a file follows from these. */
export interface Drawn {
  readonly k: number;
  readonly rows: number;
  readonly odd: number;
}

interface Order {
  readonly id: number;
  readonly region: string;
  readonly qty: number;
  readonly amount: string | null;
  readonly day: string;
  readonly at: string;
  readonly note: string;
}

const AMOUNTS: Readonly<Record<number, string | null>> = { 2: "x1", 3: "3000000000", 4: null };

function ordersOf({ k, rows, odd }: Drawn): readonly Order[] {
  const qty = (i: number) => (i === 2 && odd > 6 ? -7 : i === 1 && odd % 3 === 1 ? -1 : (k % 5) + i);
  const amount = (i: number) => {
    const usual = odd === 5 ? `${k % 90}.255` : String(k % 90);
    return i === 0 && odd in AMOUNTS ? (AMOUNTS[odd] ?? null) : usual;
  };
  return Array.from({ length: rows }, (_, i) => ({
    id: (k + i) % 6,
    region: ["EU", "US", "APAC"][(k + i) % 3] ?? "",
    qty: qty(i),
    amount: amount(i),
    day: `2024-01-0${1 + ((k + i) % 3)}`,
    at: `2024-01-0${1 + (i % 3)}T10:00:00`,
    note: odd === 8 ? "zz" : k % 2 === 0 ? "a" : "b",
  }));
}

const own = ["id", "region", "qty"] as const;
const others = ["amount", "day", "at"] as const;

/** A file of orders, in the format and the layout that the pipeline reads now. */
export async function orders(drawn: Drawn, g: Genes, base: string): Promise<string | Uint8Array> {
  const rows = ordersOf(drawn);
  const columns = g.order === "another" ? [...others, ...own] : [...own, ...others];
  const names = drawn.odd % 2 === 0 ? [...columns, "note" as const] : columns;
  const broken = drawn.odd === 9;
  if (g.format === "json") {
    const value = (text: string | null) => (text !== null && /^[\d.]+$/.test(text) ? Number(text) : text);
    const list = rows.map((row) =>
      JSON.stringify(Object.fromEntries(names.map((n) => [n, n === "amount" ? value(row.amount) : row[n]]))),
    );
    return lines([...list, ...(broken ? ["{bad"] : [])]);
  }
  if (g.format === "csv") {
    const list = rows.map((row) => names.map((n) => row[n] ?? "").join(g.delimiter));
    return lines([...(g.header ? [names.join(g.delimiter)] : []), ...list, ...(broken ? ["1"] : [])]);
  }
  return parquet(rows, names, path.join(base, "drawn.parquet"), drawn.odd);
}

async function parquet(rows: readonly Order[], names: readonly (keyof Order)[], file: string, odd: number) {
  const amount = odd >= 2 && odd <= 4 ? "VARCHAR" : odd === 5 ? "DECIMAL(10, 3)" : "INTEGER";
  const types = {
    id: "INTEGER",
    region: "VARCHAR",
    qty: "INTEGER",
    amount,
    day: "DATE",
    at: "TIMESTAMP",
    note: "VARCHAR",
  };
  const columns = names.map((name) => `CAST(r->>'${name}' AS ${types[name]}) AS "${name}"`).join(", ");
  const list = JSON.stringify(rows).replaceAll("'", "''");
  await mkdir(path.dirname(file), { recursive: true });
  const duck = await DuckDBInstance.create(":memory:");
  const connection = await duck.connect();
  await connection.run(
    `COPY (SELECT ${columns} FROM (SELECT unnest(CAST(CAST('${list}' AS JSON) AS JSON[])) AS r)) TO '${file}' (FORMAT parquet)`,
  );
  connection.closeSync();
  duck.closeSync();
  return new Uint8Array(await readFile(file));
}

export function people({ k, rows, odd }: Drawn): string {
  const day = (i: number) => String(1 + ((k * 7 + i) % 28)).padStart(2, "0");
  const list = Array.from({ length: rows }, (_, i) => ({
    id: (k + i) % 4,
    region: i % 2 === 1 ? "EU" : "US",
    city: (k + i) % 3 === 0 ? null : `c${(k * i) % 3}`,
    tier: (k + i * 2) % 3,
    at: `2024-01-${day(i)}T00:00:00`,
    n: k * 10 + i,
    op: odd === 1 && i === 0 ? "D" : "U",
  }));
  return lines(list.map((one) => JSON.stringify(one)));
}

/** A whole state of the stock on its `nth` day. */
export function stock({ k, rows, odd }: Drawn, nth: number): string {
  const day = new Date(Date.UTC(2024, 0, 1 + nth)).toISOString().slice(0, 10);
  const shelf = odd % 2 === 1 ? [`s${k % 3}`] : [];
  const list = Array.from({ length: rows }, (_, i) =>
    [day, "abcd"[(k + i) % 4], "xy"[k % 2], (k + i) % 5, ...shelf].join(","),
  );
  return lines([["day", "sku", "area", "amount", ...(shelf.length > 0 ? ["shelf"] : [])].join(","), ...list]);
}

export const extra = ({ k, rows }: Drawn): string =>
  lines(Array.from({ length: rows }, (_, i) => JSON.stringify({ id: k * 10 + i, v: i })));

const lines = (list: readonly string[]): string => list.map((line) => `${line}\n`).join("");
