/** The files of the brokerage: trades, half as many prices, and eight trades of a thousand delivered twice. */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { text, withDuckDB } from "../warehouse.ts";

const FILES = 8;

/** Lays the files out below `folder`; the same in every run. */
export async function layOutBrokerage(folder: string, trades: number): Promise<void> {
  const prices = Math.ceil(trades / 1000);
  const accounts = Math.ceil(trades / 40);
  const customers = Math.ceil(trades / 50);
  await withDuckDB(":memory:", async (connection) => {
    const copy = async (name: string, query: string): Promise<void> => {
      const file = path.join(folder, "data", name);
      await mkdir(path.dirname(file), { recursive: true });
      const format = name.endsWith(".csv") ? "FORMAT csv, HEADER" : "FORMAT json";
      await connection.run(`COPY (${query}) TO ${text(file)} (${format})`);
    };
    await copy(
      "securities.csv",
      "SELECT 'S' || i AS symbol, 'Company \"' || i || '\", Inc.' AS company, 'sector ' || i % 12 AS sector FROM range(500) AS t(i)",
    );
    for (let file = 0; file < FILES; file++) {
      const part = (count: number) => `range(${count}) AS t(i) WHERE i % ${FILES} = ${file}`;
      const again = `range(${trades}) AS t(i) WHERE i % 1000 = ${file}`;
      await copy(
        `trades/${file}.csv`,
        `SELECT i AS trade_id, i * 7919 % ${accounts} AS account_id, 'S' || i * 31 % 500 AS symbol,
          strftime(TIMESTAMP '2024-01-01' + to_seconds(i * 31 % 31536000), '%Y-%m-%d %H:%M:%S') AS traded_at,
          CASE i % 3 WHEN 0 THEN 'limit' ELSE 'market' END AS kind,
          i % 997 AS quantity, (10 + i % 9000 / 100)::DECIMAL(10, 2) AS price,
          CASE WHEN i % 5 > 0 THEN (i % 300 / 100)::DECIMAL(8, 2) END AS fee
          FROM (SELECT i FROM ${part(trades)} UNION ALL SELECT i FROM ${again})`,
      );
      await copy(
        `prices/${file}.csv`,
        `SELECT 'S' || s AS symbol, DATE '2022-01-01' + i::INTEGER AS day, (20 + (i * s) % 700 / 10)::DECIMAL(10, 2) AS close,
          (i * s * 13 % 1000000) AS volume FROM range(500) AS u(s), ${part(prices)}`,
      );
      await copy(
        `accounts/${file}.json`,
        `SELECT i % ${accounts} AS account_id, i % ${customers} AS customer_id,
          CASE i % 4 WHEN 0 THEN 'closed' ELSE 'active' END AS status,
          strftime(TIMESTAMP '2023-06-01' + to_days((i // ${accounts} * 100)::INTEGER), '%Y-%m-%dT%H:%M:%SZ') AS changed_at
          FROM ${part(4 * accounts)}`,
      );
      await copy(
        `customers/${file}.json`,
        `SELECT i AS customer_id, 'Name of ' || i AS name, 'country ' || i % 60 AS country,
          CASE WHEN i % 7 > 0 THEN i % 4 END AS tier FROM ${part(customers)}`,
      );
    }
  });
}
