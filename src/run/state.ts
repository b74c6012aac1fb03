/** What the engine remembers of each table: written in the same transaction as the table's data. */
import { duckdbText as text } from "../compile/duckdb.ts";
import type { Layer } from "../pipeline/nodes.ts";
import type { Session } from "./session.ts";

export interface TableState {
  readonly name: string;
  readonly layer: Layer;
  /** Id of the definition that made the data. */
  readonly definition: string;
  /** Changes when the table is made anew; readers then start over. */
  readonly generation: string;
  /** Grows with every change of the data. */
  readonly version: number;
}

/** How far a table has read one of its inputs. */
export interface InputState {
  readonly input: string;
  readonly generation: string;
  readonly version: number;
  /** Rows read of an append-only input. */
  readonly position: number;
}

export async function readTables(session: Session): Promise<Map<string, TableState>> {
  const rows = await session.rows("SELECT name, layer, definition, generation, version FROM _medallion.tables");
  return new Map(
    rows.map((row) => [
      String(row["name"]),
      {
        name: String(row["name"]),
        layer: String(row["layer"]) as Layer,
        definition: String(row["definition"]),
        generation: String(row["generation"]),
        version: Number(row["version"]),
      },
    ]),
  );
}

export async function readInputs(session: Session): Promise<Map<string, readonly InputState[]>> {
  const rows = await session.rows(
    "SELECT table_name, input_name, generation, version, position FROM _medallion.inputs",
  );
  const inputs = new Map<string, InputState[]>();
  for (const row of rows) {
    const table = String(row["table_name"]);
    const state = {
      input: String(row["input_name"]),
      generation: String(row["generation"]),
      version: Number(row["version"]),
      position: Number(row["position"]),
    };
    inputs.set(table, [...(inputs.get(table) ?? []), state]);
  }
  return inputs;
}

export async function writeState(session: Session, state: TableState, inputs: readonly InputState[]): Promise<void> {
  const values = [
    text(state.name),
    text(state.layer),
    text(state.definition),
    text(state.generation),
    state.version,
    "now()",
  ];
  const rows = inputs.map(
    (i) => `(${text(state.name)}, ${text(i.input)}, ${text(i.generation)}, ${i.version}, ${i.position})`,
  );
  // INSERT OR REPLACE would take DuckDB twice as long as DELETE and INSERT.
  const statements = [
    `DELETE FROM _medallion.tables WHERE name = ${text(state.name)}`,
    `INSERT INTO _medallion.tables VALUES (${values.join(", ")})`,
    `DELETE FROM _medallion.inputs WHERE table_name = ${text(state.name)}`,
    ...(rows.length > 0 ? [`INSERT INTO _medallion.inputs VALUES ${rows.join(", ")}`] : []),
  ];
  await session.exec(statements.join(";\n"));
}
