/** Parquet: files with types of their own. */
import { fileFormat } from "../format.ts";
import type { FileOptions } from "../options.ts";
import { parquetOnDatabricks } from "./databricks.ts";
import { parquetInScript } from "./duckdb.ts";

export const parquet = fileFormat<FileOptions>({
  name: "parquet",
  title: "Parquet",
  options: {},
  traits: () => ({}),
  databricks: parquetOnDatabricks,
  duckdb: parquetInScript,
});
