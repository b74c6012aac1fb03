/** 4,000 tables as projects of the tools that generate code for a platform: Lakehouse Plumber and Dataform. */
import { cp, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

const TABLES_PER_PIPELINE = 50;

/** A flowgroup per table: a load, a query and a write, as `lhp init` shows them. */
export async function writeLhpProject(folder: string, tables: number): Promise<void> {
  await mkdir(path.join(folder, "substitutions"), { recursive: true });
  await writeFile(path.join(folder, "lhp.yaml"), 'name: bench\nversion: "1.0"\n');
  await writeFile(path.join(folder, "substitutions/dev.yaml"), "dev:\n  catalog: main\n  raw: raw\n  bronze: bronze\n");
  for (let i = 0; i < tables; i++) {
    const pipeline = `p${Math.floor(i / TABLES_PER_PIPELINE)}`;
    const to = path.join(folder, "pipelines", pipeline);
    if (i % TABLES_PER_PIPELINE === 0) await mkdir(to, { recursive: true });
    await writeFile(path.join(to, `t${i}.yaml`), flowgroup(pipeline, `t${i}`));
  }
}

const flowgroup = (pipeline: string, table: string) => `pipeline: ${pipeline}
flowgroup: ${table}
actions:
  - name: load_${table}
    type: load
    readMode: stream
    source: { type: delta, catalog: "\${catalog}", schema: "\${raw}", table: ${table} }
    target: v_raw_${table}
  - name: clean_${table}
    type: transform
    transform_type: sql
    source: v_raw_${table}
    target: v_${table}
    sql: SELECT id, customer_id, amount, upper(country) AS country FROM stream(v_raw_${table}) WHERE amount > 0
  - name: write_${table}
    type: write
    source: v_${table}
    write_target: { type: streaming_table, catalog: "\${catalog}", schema: "\${bronze}", table: ${table} }
`;

/** A file per table; each reads the one before. The modules of Dataform must be the project's own. */
export async function writeDataformProject(folder: string, tables: number, modules: string): Promise<void> {
  await mkdir(path.join(folder, "definitions"), { recursive: true });
  await cp(path.join(modules, "@dataform"), path.join(folder, "node_modules/@dataform"), { recursive: true });
  await writeFile(path.join(folder, "package.json"), JSON.stringify({ dependencies: { "@dataform/core": "*" } }));
  const settings = "defaultProject: main\ndefaultLocation: US\ndefaultDataset: silver\n";
  await writeFile(path.join(folder, "workflow_settings.yaml"), settings);
  for (let i = 0; i < tables; i++) {
    const from = i % 4 === 0 ? "raw.orders" : `\${ref("t${i - 1}")}`;
    const query = `SELECT id, customer_id, amount, upper(country) AS country FROM ${from} WHERE amount > 0`;
    await writeFile(path.join(folder, `definitions/t${i}.sqlx`), `config { type: "table" }\n${query}\n`);
  }
}
