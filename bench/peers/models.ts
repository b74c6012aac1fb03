/**
 * The flights pipeline as the models of other tools: each table of bench/flights.sql is a model of one query. What they
 * have no place for is left out, to their advantage: lines that cannot be read are skipped and not quarantined, nothing
 * is read in a transaction, and rules are not counted.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";

export interface Model {
  readonly schema: string;
  readonly name: string;
  readonly query: string;
}

/** Tables that are read of what DuckDB rejected: models see no connection of another one. */
const LEFT_OUT = /\b(reject|airport)_(errors|scans)\b/;

export async function flightsModels(): Promise<readonly Model[]> {
  const script = await readFile(path.join(import.meta.dirname, "../flights.sql"), "utf8");
  const code = script.replaceAll(/^\s*--.*$/gm, "");
  const found = code.split(/;\s*$/m).flatMap((statement): readonly Model[] => {
    const table = /^\s*CREATE (TEMP )?TABLE (?:(\w+)\.)?(\w+) AS\n([\s\S]*)$/.exec(statement);
    if (!table) return [];
    const [, temporary, schema = "", name = "", query = ""] = table;
    const read = query.replaceAll(/store_rejects = true(?:,\s*rejects_\w+ = '\w+')*/g, "ignore_errors = true");
    return LEFT_OUT.test(read) ? [] : [{ schema: temporary ? (HELD[name] ?? "bronze") : schema, name, query: read }];
  });
  const held = new RegExp(`\\b(FROM|JOIN) (${Object.keys(HELD).join("|")})\\b`, "g");
  return found.map((model) => ({
    ...model,
    query: model.query.replaceAll(held, (_, word: string, name: string) => `${word} ${HELD[name]}.${name}`),
  }));
}

/** The temporary tables of the script, and the schema of the models that stand for them. */
const HELD: Readonly<Record<string, string>> = { files: "bronze", judged: "silver" };
