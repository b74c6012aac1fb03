/** Parquet in the embedded engine: there is nothing in a file that could be taken apart. */
import type { SourceNode } from "../../../ast/relation.ts";
import { LINES } from "../../../engines/duckdb/ingest/read-csv.ts";
import type { FileReader } from "../../../engines/duckdb/ingest/reader.ts";
import { readerPath } from "../../../engines/duckdb/ingest/statement.ts";
import { UnreadableFile } from "../../../engines/duckdb/ingest/unreadable-file.ts";
import type { Row } from "../../../engines/duckdb/warehouse/session.ts";
import { whyNoParquet } from "./ends.ts";
import { readParquet } from "./read.ts";

export function parquetReader({ declared }: SourceNode): FileReader {
  return {
    /** The footer says how many rows there are. */
    look: async (file, probe) => {
      const reason = whyNoParquet(file);
      if (reason !== undefined) throw new UnreadableFile(reason);
      const at = readerPath(file.absolute);
      const [found, schema = []] = await probe.ask(async (session) => [
        await session.rows(`SELECT num_rows FROM parquet_file_metadata(${at})`),
        await session.rows(`SELECT name, precision, num_children FROM parquet_schema(${at})`),
      ]);
      refuseWide(schema.find((column) => Number(column["precision"]) > 38));
      const columns = namesOf(schema);
      return { kind: "whole", file, shape: LINES, records: Number(found?.[0]?.["num_rows"]), columns };
    },
    read: (session, inputs) => readParquet(session, declared, inputs),
  };
}

/** The columns of a schema, in lower case: it lists the root, and each column before what is nested in it. */
function namesOf([, ...schema]: readonly Row[]): readonly string[] {
  const names: string[] = [];
  let nested = 0;
  for (const column of schema) {
    if (nested === 0) names.push(String(column["name"]).toLowerCase());
    nested = Math.max(0, nested - 1) + Number(column["num_children"] ?? 0);
  }
  return names;
}

/** A decimal of more digits than any engine has: DuckDB reads it as a DOUBLE, of which no digit can be trusted. */
function refuseWide(column: Row | undefined): void {
  if (!column) return;
  throw new UnreadableFile(`"${column["name"]}" is a decimal of ${column["precision"]} digits, and 38 can be read`);
}
