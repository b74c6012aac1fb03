/** What the engine remembers of each table: written in the same transaction as the table's data. */

import { fullName, LAYERS, type Layer } from "../../../ast/pipeline.ts";
import { isRecord } from "../../../core/describe.ts";
import { contentHash } from "../../../core/hash.ts";
import { type Definition, type Json, MODES, readsFiles, type StreamDefinition } from "../../../settings/definition.ts";
import { duckdbIdentifier as id, duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { forgetful } from "../warehouse/failures.ts";
import type { Row, Session } from "../warehouse/session.ts";

/** Values of parameters under which a table took rows, and where its inputs had been read to when others followed. */
export interface ParamEpoch {
  readonly values: Readonly<Record<string, string | null>>;
  readonly until?: Readonly<Record<string, number>>;
}

export interface TableState {
  /** Name of the pipeline that made the table. */
  readonly pipeline: string;
  readonly name: string;
  readonly layer: Layer;
  /** What the rows were made by. */
  readonly definition: Definition;
  /** What was applied to the table beyond its rows. */
  readonly settings: Readonly<Record<string, Json>>;
  /** Values of the parameters under which rows were taken, the last ones last. */
  readonly params: readonly ParamEpoch[];
  /** Changes when the table is rebuilt; readers then start over. */
  readonly generation: string;
  /** Grows with every change of the data. */
  readonly version: number;
  /** Rows that the last update left. */
  readonly rowCount: number;
  /** Files that are remembered for the table. */
  readonly fileCount: number;
  /** What the paths of files are relative to. */
  readonly baseDir: string;
  readonly updatedAt: Date;
}

/** What an update writes; the rest is counted or the time. */
export type WrittenState = Omit<TableState, "rowCount" | "fileCount" | "updatedAt">;

/** An input as a table reads it. */
export interface Read {
  readonly input: string;
  /** For a backfill, which reads it apart from the others: by what it gives, since the name of a flow may change. */
  readonly backfill?: string | undefined;
}

/** How far a table has read one of its inputs. */
export interface InputState extends Read {
  readonly generation: string;
  readonly version: number;
  /** Rows read of an append-only input. */
  readonly position: number;
}

/** What tells a backfill from others. */
export const backfillOf = (stream: StreamDefinition | undefined): string => contentHash(JSON.stringify(stream));

/** The key of what is read, in records and maps. */
export const readKey = ({ input, backfill }: Read): string =>
  backfill === undefined ? input : `once ${backfill} ${input}`;

/** How far an input was read; `undefined` where it was not. */
export const readOf = (read: readonly InputState[], { input, backfill }: Read): InputState | undefined =>
  read.find((one) => one.input === input && one.backfill === backfill);

/** The state of every table that the warehouse knows, also of those that the pipeline does not have any more. */
export async function readTables(session: Session): Promise<readonly TableState[]> {
  const rows = await session.rows(
    "SELECT * REPLACE (epoch_ms(updated_at) AS updated_at) FROM _medallion.tables ORDER BY layer, name",
  );
  return rows.map((row) => ({
    pipeline: String(row["pipeline"]),
    name: String(row["name"]),
    layer: layerOf(row),
    definition: jsonOf(row, "definition", isDefinition),
    settings: jsonOf(row, "settings", isSettings),
    params: jsonOf(row, "params", isEpochs),
    generation: String(row["generation"]),
    version: Number(row["version"]),
    rowCount: Number(row["row_count"]),
    fileCount: Number(row["file_count"]),
    baseDir: String(row["base_dir"]),
    updatedAt: new Date(Number(row["updated_at"])),
  }));
}

/** @throws RunError `WAREHOUSE002` where somebody has written something else. */
function layerOf({ layer, name }: Row): Layer {
  const known = LAYERS.find((one) => one === layer);
  if (known !== undefined) return known;
  throw forgetful(`the state of ${String(name)} cannot be read: ${String(layer)} is not a layer`);
}

/** @throws RunError `WAREHOUSE002` where somebody has written something else. */
function jsonOf<T>(row: Row, column: string, is: (value: unknown) => value is T): T {
  try {
    const value: unknown = JSON.parse(String(row[column]));
    if (is(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw forgetful(`the state of ${row["layer"]}.${row["name"]} cannot be read: its ${column} is damaged`);
}

const isDefinition = (value: unknown): value is Definition =>
  isRecord(value) &&
  Object.hasOwn(MODES, String(value["mode"])) &&
  ["streams", "rules"].every((part) => Array.isArray(value[part])) &&
  isListOf(value["columns"], (column) => typeof column["name"] === "string" && isStored(column["type"]));

const isListOf = (value: unknown, is: (item: Readonly<Record<string, unknown>>) => boolean): boolean =>
  Array.isArray(value) && value.every((item) => isRecord(item) && is(item));

const isStored = (type: unknown): boolean => typeof type === "string" || isType(type);

function isType(type: unknown): boolean {
  if (!isRecord(type)) return false;
  switch (type["kind"]) {
    case "array":
      return isType(type["element"]);
    case "map":
      return isType(type["key"]) && isType(type["value"]);
    case "struct":
      return isListOf(type["fields"], (field) => typeof field["name"] === "string" && isType(field["type"]));
    default:
      return typeof type["kind"] === "string";
  }
}

const isSettings = (value: unknown): value is TableState["settings"] => isRecord(value);
const isEpochs = (value: unknown): value is readonly ParamEpoch[] =>
  isListOf(value, (epoch) => isRecord(epoch["values"]));

/** How far each table has read its inputs, by layer and name. */
export async function readInputs(session: Session): Promise<Map<string, readonly InputState[]>> {
  const rows = await session.rows(
    "SELECT table_name, input_name, backfill, generation, version, position FROM _medallion.inputs",
  );
  const inputs = new Map<string, InputState[]>();
  for (const row of rows) {
    const table = String(row["table_name"]);
    const backfill = row["backfill"];
    const state = {
      input: String(row["input_name"]),
      ...(backfill !== null && { backfill: String(backfill) }),
      generation: String(row["generation"]),
      version: Number(row["version"]),
      position: Number(row["position"]),
    };
    inputs.set(table, [...(inputs.get(table) ?? []), state]);
  }
  return inputs;
}

/** What stands in the warehouse of a table already. */
interface Known {
  readonly state: WrittenState | undefined;
  readonly inputs: readonly InputState[];
}

/** Writes what is known of a table, with its rows and files as they are in this transaction. */
export async function writeState(
  session: Session,
  state: WrittenState,
  inputs: readonly InputState[],
  known: Known,
): Promise<void> {
  const isSame = known.state !== undefined && sameButVersion(known.state, state);
  if (!isSame || !(await isChanged(session, countedAnew(state)))) await writeDescription(session, state);
  await writeInputs(session, fullName(state), inputs, known.inputs);
}

/** Whether a statement has changed a row: where nothing stands yet of what it changes, all of it is to be written. */
const isChanged = async (session: Session, sql: string): Promise<boolean> => (await session.changes(sql)) === 1;

/** Replaces what is remembered to have been read under a name. What has not changed is not written again. */
export async function writeInputs(
  session: Session,
  reader: string,
  inputs: readonly InputState[],
  known: readonly InputState[],
): Promise<void> {
  const differing = inputs.filter((now) => {
    const then = readOf(known, now);
    return !then || !(["generation", "version", "position"] as const).every((what) => then[what] === now[what]);
  });
  if (known.length === inputs.length && differing.length === 0) return;
  const [one] = differing;
  const isAlone = one !== undefined && differing.length === 1 && known.length === inputs.length;
  if (isAlone && readOf(known, one) && (await isChanged(session, readOn(reader, one)))) return;
  await session.exec(inputStatements(reader, inputs).join(";\n"));
}

function readOn(reader: string, { input, backfill, generation, version, position }: InputState): string {
  const apart = backfill === undefined ? "IS NULL" : `= ${text(backfill)}`;
  return `UPDATE _medallion.inputs SET generation = ${text(generation)}, version = ${version}, position = ${position}
WHERE table_name = ${text(reader)} AND input_name = ${text(input)} AND backfill ${apart}`;
}

/** What replaces all that is remembered to have been read under a name. */
export function inputStatements(reader: string, inputs: readonly InputState[]): readonly string[] {
  const rows = inputs.map(({ input, backfill, generation, version, position }) => {
    const apart = backfill === undefined ? "NULL" : text(backfill);
    return `(${text(reader)}, ${text(input)}, ${text(generation)}, ${version}, ${position}, ${apart})`;
  });
  const columns = "table_name, input_name, generation, version, position, backfill";
  return [
    `DELETE FROM _medallion.inputs WHERE table_name = ${text(reader)}`,
    ...(rows.length > 0 ? [`INSERT INTO _medallion.inputs (${columns}) VALUES ${rows.join(", ")}`] : []),
  ];
}

const isOf = ({ layer, name }: WrittenState): string => `layer = ${text(layer)} AND name = ${text(name)}`;

/** Counts of rows and files. */
const counts = ({ layer, name, definition }: WrittenState) =>
  [
    `(SELECT count(*) FROM ${layer}.${id(name)})`,
    readsFiles(definition.mode) ? `(SELECT count(*) FROM _medallion.files WHERE table_name = ${text(name)})` : "0",
  ] as const;

function sameButVersion(then: WrittenState, now: WrittenState): boolean {
  const comparable = ({ version, ...rest }: WrittenState) =>
    [rest.pipeline, rest.layer, rest.name, rest.generation, rest.baseDir].concat(
      [rest.definition, rest.settings, rest.params].map((part) => JSON.stringify(part)),
    );
  const other = comparable(now);
  return comparable(then).every((part, i) => part === other[i]);
}

function countedAnew(state: WrittenState): string {
  const [rows, files] = counts(state);
  return `UPDATE _medallion.tables SET version = ${state.version}, row_count = ${rows}, file_count = ${files}, updated_at = now()
WHERE ${isOf(state)}`;
}

/** Writes what a table's rows are made by and what is said of it: how far its inputs were read stays as it is. */
export async function writeDescription(session: Session, state: WrittenState): Promise<void> {
  await session.exec(describeTable(state).join(";\n"));
}

// INSERT OR REPLACE would take DuckDB twice as long as DELETE and INSERT.
function describeTable(state: WrittenState): readonly string[] {
  const { pipeline, layer, name, definition, settings, params, generation, version, baseDir } = state;
  const json = (value: unknown) => text(JSON.stringify(value));
  const values = [
    ...[text(pipeline), text(layer), text(name), json(definition), json(settings), json(params), text(generation)],
    version,
    ...counts(state),
    text(baseDir),
    "now()",
  ];
  return [
    `DELETE FROM _medallion.tables WHERE ${isOf(state)}`,
    `INSERT INTO _medallion.tables SELECT ${values.join(", ")}`,
  ];
}
