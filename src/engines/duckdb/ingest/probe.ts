/**
 * A DuckDB of its own for the first look at a file. Of some damaged footers DuckDB finds its own assumptions broken (an
 * INTERNAL error), and answers nothing more until it is started again: the warehouse's would fail every table.
 */

import { messageOf } from "../../../core/thrown.ts";
import { DuckDBInstance, ENGINE_OPTIONS } from "../driver.ts";
import { Session } from "../warehouse/session.ts";

/** Starts with the first question. One that is broken by a question is replaced. */
export class Probe {
  #session: Promise<Session> | undefined;

  async ask<T>(question: (session: Session) => Promise<T>): Promise<T> {
    this.#session ??= started();
    try {
      return await question(await this.#session);
    } catch (error) {
      if (/^(INTERNAL|FATAL) Error/.test(messageOf(error))) this.#session = undefined;
      throw error;
    }
  }
}

/** Each session of the warehouse has one, which goes with it. */
const probes = new WeakMap<Session, Probe>();

export function probeOf(session: Session): Probe {
  const probe = probes.get(session) ?? new Probe();
  probes.set(session, probe);
  return probe;
}

async function started(): Promise<Session> {
  const instance = await DuckDBInstance.create(":memory:", { ...ENGINE_OPTIONS, threads: "1" });
  return new Session(":memory:", await instance.connect());
}
