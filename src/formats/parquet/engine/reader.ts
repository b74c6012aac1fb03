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
      const [found, wide] = await probe.ask(async (session) => [
        await session.rows(`SELECT num_rows FROM parquet_file_metadata(${at})`),
        await session.rows(`SELECT name, precision FROM parquet_schema(${at}) WHERE precision > 38 LIMIT 1`),
      ]);
      refuseWide(wide?.[0]);
      return { kind: "whole", file, shape: LINES, records: Number(found?.[0]?.["num_rows"]) };
    },
    read: (session, inputs) => readParquet(session, declared, inputs),
  };
}

/** A decimal of more digits than any engine has: DuckDB reads it as a DOUBLE, of which no digit can be trusted. */
function refuseWide(column: Row | undefined): void {
  if (!column) return;
  throw new UnreadableFile(`"${column["name"]}" is a decimal of ${column["precision"]} digits, and 38 can be read`);
}
