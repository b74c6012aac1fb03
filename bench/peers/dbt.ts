/** The flights pipeline as a dbt project on dbt-duckdb: a table per model. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Model } from "./models.ts";

/** Writes the project into `folder`, whose data it reads; its warehouse is `dbt.duckdb` there. */
export async function writeDbtProject(folder: string, models: readonly Model[]): Promise<void> {
  const write = async (file: string, text: string) => {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  };
  await write(
    "dbt_project.yml",
    `name: flights\nversion: "1.0"\nprofile: flights\nmodels:\n  flights:\n    +materialized: table\n`,
  );
  await write(
    "profiles.yml",
    "flights:\n  target: dev\n  outputs:\n    dev:\n      type: duckdb\n      path: dbt.duckdb\n      threads: 2\n      settings:\n        TimeZone: UTC\n",
  );
  for (const { schema, name, query } of models) {
    const config = `{{ config(alias="${name}", schema="${schema}") }}\n`;
    await write(`models/${schema}/${schema}__${name}.sql`, config + query.replaceAll(TABLE, "{{ ref('$1__$2') }}"));
  }
}

const TABLE = /\b(bronze|silver|gold)\.(\w+)/g;
