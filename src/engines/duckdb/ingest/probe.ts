/**
 * A DuckDB of its own for the first look at a file. Of some damaged footers DuckDB finds its own assumptions broken (an
 * INTERNAL error), and answers nothing more until it is started again: the warehouse's would fail every table.
 */

import { messageOf } from "../../../core/thrown.ts";
import { DuckDBInstance, ENGINE_OPTIONS } from "../driver.ts";
import { Session } from "../warehouse/session.ts";

/** Each session of the warehouse has one, which goes with it. */
const probes = new WeakMap<Session, Promise<Session>>();

/** Asks the probe of a session. One that is broken by the question is replaced. */
export async function probed<T>(session: Session, ask: (probe: Session) => Promise<T>): Promise<T> {
  const probe = probes.get(session) ?? started();
  probes.set(session, probe);
  try {
    return await ask(await probe);
  } catch (error) {
    if (/^(INTERNAL|FATAL) Error/.test(messageOf(error))) probes.delete(session);
    throw error;
  }
}

async function started(): Promise<Session> {
  const instance = await DuckDBInstance.create(":memory:", { ...ENGINE_OPTIONS, threads: "1" });
  return new Session(":memory:", await instance.connect());
}
