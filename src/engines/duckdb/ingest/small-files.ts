/**
 * Rows of many small files, put together before anything is made of them: the engine works on the rows of one file at a
 * time, and each piece of work costs it more than the few rows of a small file do.
 */
import type { Session } from "../warehouse/session.ts";
import type { Input } from "./statement.ts";

/** Files of this size, on average, have fewer rows than the engine would work on at a time. */
const SMALL = 1 << 16;

const GATHERED = "medallion_gathered";
/** Sessions that may have one. */
const gathered = new WeakSet<Session>();

/** The table expression, or a temporary table that holds what it gives. */
export async function gatherSmallFiles(session: Session, inputs: readonly Input[], from: string): Promise<string> {
  const bytes = inputs.reduce((sum, { file }) => sum + file.size, 0);
  if (inputs.length === 1 || bytes > inputs.length * SMALL) return from;
  gathered.add(session);
  await session.exec(`CREATE OR REPLACE TEMP TABLE ${GATHERED} AS FROM ${from}`);
  return GATHERED;
}

export async function dropGathered(session: Session): Promise<void> {
  if (gathered.delete(session)) await session.exec(`DROP TABLE IF EXISTS ${GATHERED}`);
}
