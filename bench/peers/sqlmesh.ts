/** The flights pipeline as a SQLMesh project on DuckDB: a full model per table. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Model } from "./models.ts";

/** Writes the project into `folder`, whose data it reads; its warehouse is `mesh.duckdb` there. */
export async function writeSqlmeshProject(folder: string, models: readonly Model[]): Promise<void> {
  await mkdir(path.join(folder, "models"), { recursive: true });
  await writeFile(
    path.join(folder, "config.yaml"),
    "gateways:\n  local:\n    connection:\n      type: duckdb\n      database: mesh.duckdb\n      concurrent_tasks: 2\n" +
      "default_gateway: local\nmodel_defaults:\n  dialect: duckdb\n  start: 2013-01-01\ndisable_anonymized_analytics: true\n",
  );
  for (const { schema, name, query } of models) {
    const model = `MODEL (name ${schema}.${name}, kind FULL, cron '@daily');\n\n${query}\n`;
    await writeFile(path.join(folder, "models", `${schema}__${name}.sql`), model);
  }
}
