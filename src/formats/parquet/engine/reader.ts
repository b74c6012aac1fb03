/** Parquet in the embedded engine: there is nothing in a file that could be taken apart. */
import type { SourceNode } from "../../../ast/relation.ts";
import { probed } from "../../../engines/duckdb/ingest/probe.ts";
import { LINES } from "../../../engines/duckdb/ingest/read-csv.ts";
import type { FileReader } from "../../../engines/duckdb/ingest/reader.ts";
import { readerPath } from "../../../engines/duckdb/ingest/statement.ts";
import { Unreadable } from "../../../engines/duckdb/ingest/unreadable.ts";
import { whyNoParquet } from "./ends.ts";
import { readParquet } from "./read.ts";

export function parquetReader({ declared }: SourceNode): FileReader {
  return {
    /** The footer says how many rows there are. */
    look: async (session, file) => {
      const reason = whyNoParquet(file);
      if (reason !== undefined) throw new Unreadable(reason);
      const count = `SELECT num_rows FROM parquet_file_metadata(${readerPath(file.absolute)})`;
      const [found] = await probed(session, (probe) => probe.rows(count));
      return { kind: "whole", file, shape: LINES, records: Number(found?.["num_rows"]) };
    },
    read: (session, inputs) => readParquet(session, declared, inputs),
  };
}
