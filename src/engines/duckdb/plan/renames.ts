/** Tables that have another name now: the same definition under a name that the warehouse does not know. */
import { companionName } from "../../../ast/companions.ts";
import { fullName, type PipelineNode } from "../../../ast/pipeline.ts";
import type { LoweredPipeline } from "../../../lower/table.ts";
import { type Definition, definitionOf, type Json } from "../../../settings/definition.ts";
import { duckdbIdentifier as id, duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { nameOf } from "../../../targets/duckdb/tables.ts";
import { forgetStatements } from "../incremental/feeds.ts";
import {
  backfillOf,
  inputStatements,
  type ParamEpoch,
  type Read,
  readInputs,
  readKey,
  type TableState,
} from "../state/state.ts";
import type { Session } from "../warehouse/session.ts";

export interface Rename {
  readonly layer: TableState["layer"];
  readonly from: string;
  readonly to: string;
}

interface RenameRequest {
  readonly pipeline: PipelineNode;
  readonly plan: LoweredPipeline;
  readonly known: readonly TableState[];
  /** Tables that the update is for: others keep the names that they have in the warehouse. */
  readonly wanted: ReadonlySet<string>;
}

/**
 * Gives tables of the warehouse the names that the pipeline has for them now, with their quarantines, files and the
 * positions of their readers: all or none, in the transaction that is open.
 */
export async function renameTables(session: Session, request: RenameRequest): Promise<readonly Rename[]> {
  const found = renamesOf(request);
  if (found.length === 0) return [];
  const there = await tableNames(session);
  const renames = found.filter(({ layer, from }) => there.has(fullName({ layer, name: from })));
  for (const rename of renames) await session.exec(renameStatements(rename, there).join(";\n"));
  await renameInState(session, request, renames);
  return renames;
}

/**
 * A new table whose definition is that of exactly one table which the pipeline no longer has. Of two that look the same
 * nobody can say which it was. One whose name differs in case alone is that table, whatever else of it has changed: DuckDB
 * does not tell them apart, and would write the new one over the rows of the other.
 */
function renamesOf({ pipeline, plan, known, wanted }: RenameRequest): readonly Rename[] {
  const own = known.filter((state) => state.pipeline === pipeline.name);
  const has = new Set(pipeline.tables.map(fullName));
  const states = new Set(known.map(fullName));
  const orphans = own.filter((state) => !has.has(fullName(state)));
  if (orphans.length === 0) return [];
  const made = [...plan.plans.values()].filter(({ table }) => !states.has(fullName(table)));
  const renames: Rename[] = made.flatMap(({ table: { layer, name: to } }) => {
    const inCase = orphans.find((one) => fullName(one).toLowerCase() === fullName({ layer, name: to }).toLowerCase());
    return inCase && wanted.has(to) ? [{ layer, from: inCase.name, to }] : [];
  });
  const names = new Map(renames.map(({ from, to }) => [from, to]));
  const isRenamed = ({ layer, name }: { readonly layer: string; readonly name: string }) =>
    renames.some((one) => one.layer === layer && (one.from === name || one.to === name));
  const others = made.filter(({ table }) => !isRenamed(table));
  const defined = others.map((lowered) => ({
    table: lowered.table,
    definition: JSON.stringify(definitionOf(lowered.table, lowered.mode)),
  }));
  for (const { table, definition } of defined) {
    const { layer, name: to } = table;
    const same = (one: { readonly definition: string; readonly layer: string }) =>
      one.layer === layer && one.definition === definition;
    const [orphan, ...more] = orphans
      .filter((state) => !isRenamed(state))
      .map((state) => ({ ...state, definition: JSON.stringify(renamed(state.definition, names)) }))
      .filter(same);
    const twins = defined.filter((one) => same({ layer: one.table.layer, definition: one.definition }));
    if (!orphan || more.length > 0 || twins.length > 1 || !wanted.has(to)) continue;
    names.set(orphan.name, to);
    renames.push({ layer, from: orphan.name, to });
  }
  return renames;
}

async function tableNames(session: Session): Promise<ReadonlySet<string>> {
  const rows = await session.rows(
    "SELECT schema_name || '.' || table_name AS name FROM duckdb_tables() WHERE database_name = current_database()",
  );
  return new Set(rows.map((row) => String(row["name"])));
}

function renameStatements({ layer, from, to }: Rename, there: ReadonlySet<string>): readonly string[] {
  const pairs = [
    [from, to],
    [companionName(from, "quarantine"), companionName(to, "quarantine")],
  ] as const;
  return pairs.flatMap(([before, after]) => {
    if (!there.has(fullName({ layer, name: before }))) return [];
    // DuckDB does not tell `Raw` from `raw`.
    const between = before.toLowerCase() === after.toLowerCase() ? `${after}_medallion_renamed` : undefined;
    const steps = between === undefined ? [before, after] : [before, between, after];
    return steps
      .slice(1)
      .map((name, i) => `ALTER TABLE ${nameOf({ layer, name: steps[i] ?? before })} RENAME TO ${id(name)}`);
  });
}

async function renameInState(
  session: Session,
  { pipeline, known }: RenameRequest,
  renames: readonly Rename[],
): Promise<void> {
  const names = new Map(renames.map(({ from, to }) => [from, to]));
  const inputs = await readInputs(session);
  for (const { layer, from, to } of renames) {
    await session.exec(forgetStatements({ layer, name: from }).join(";\n"));
    await session.exec(
      `UPDATE _medallion.files SET table_name = ${text(to)} WHERE table_name = ${text(from)};
UPDATE _medallion.inputs SET table_name = ${text(fullName({ layer, name: to }))} WHERE table_name = ${text(fullName({ layer, name: from }))}`,
    );
  }
  for (const state of known.filter((one) => one.pipeline === pipeline.name)) {
    const { layer, name, definition, params } = state;
    const moved = renames.find((one) => one.layer === layer && one.from === name);
    const now = renamed(definition, names);
    const to = moved?.to ?? name;
    const read = inputs.get(fullName(state)) ?? [];
    const moves = read.map((one) => [one, { ...one, ...renamedRead(one, definition, now, names) }] as const);
    if (moves.some(([before, after]) => readKey(before) !== readKey(after))) {
      const all = moves.map(([, after]) => after);
      await session.exec(inputStatements(fullName({ layer, name: to }), all).join(";\n"));
    }
    const keys = new Map(moves.map(([before, after]) => [readKey(before), readKey(after)]));
    const epochs = JSON.stringify(params.map((epoch) => renamedEpoch(epoch, keys)));
    await session.exec(
      `UPDATE _medallion.tables SET name = ${text(to)}, definition = ${text(JSON.stringify(now))}, params = ${text(epochs)} WHERE layer = ${text(layer)} AND name = ${text(name)}`,
    );
  }
}

/** A backfill is known by what it reads, under the new names. */
function renamedRead(read: Read, before: Definition, after: Definition, names: ReadonlyMap<string, string>): Read {
  const { input, backfill } = read;
  const to = { input: names.get(input) ?? input };
  if (backfill === undefined) return to;
  const now = after.streams[before.streams.findIndex((one) => backfillOf(one) === backfill)];
  return now ? { ...to, backfill: backfillOf(now) } : read;
}

function renamedEpoch({ until, ...epoch }: ParamEpoch, keys: ReadonlyMap<string, string>): ParamEpoch {
  if (!until) return epoch;
  return {
    ...epoch,
    until: Object.fromEntries(Object.entries(until).map(([key, position]) => [keys.get(key) ?? key, position])),
  };
}

/** A definition that reads tables under their new names. */
function renamed(definition: Definition, names: ReadonlyMap<string, string>): Definition {
  if (names.size === 0) return definition;
  const streams = definition.streams.map((stream) => ({ ...stream, query: renamedReads(stream.query, names) }));
  return { ...definition, streams };
}

function renamedReads(node: Json, names: ReadonlyMap<string, string>): Json {
  if (typeof node !== "object" || node === null) return node;
  if (isList(node)) return node.map((one) => renamedReads(one, names));
  const entries = Object.entries(node).map(([key, part]): [string, Json] => {
    const to = key === "table" && node["kind"] === "table" && typeof part === "string" ? names.get(part) : undefined;
    return [key, to ?? renamedReads(part, names)];
  });
  return Object.fromEntries(entries);
}

const isList = (node: Json): node is readonly Json[] => Array.isArray(node);
