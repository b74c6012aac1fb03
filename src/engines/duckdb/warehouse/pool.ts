/** The sessions in which the tables of an update run side by side. */
import { availableParallelism } from "node:os";
import type { Session } from "./session.ts";
import type { Warehouse } from "./warehouse.ts";

/**
 * DuckDB spreads one statement over all cores already. More tables at once fill what it leaves idle: planning, waiting
 * for the disk, and files that are too small to be split.
 */
const SIDE_BY_SIDE = Math.min(4, Math.max(2, availableParallelism()));

/** Lends sessions, each to one piece of work at a time; those that find none wait in the order in which they came. */
export class SessionPool {
  readonly #warehouse: Warehouse;
  readonly #bindings: readonly string[];
  readonly #idle: Session[];
  readonly #waiting: (() => void)[] = [];
  #free = SIDE_BY_SIDE;

  /** `bindings` are the statements with which a new session starts. */
  constructor(warehouse: Warehouse, bindings: readonly string[]) {
    this.#warehouse = warehouse;
    this.#bindings = bindings;
    this.#idle = [warehouse.main];
  }

  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((resume) => this.#waiting.push(resume));
    else this.#free -= 1;
    try {
      const session = this.#idle.pop() ?? (await this.#another());
      return await work(session).finally(() => this.#idle.push(session));
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }

  async #another(): Promise<Session> {
    const session = await this.#warehouse.session();
    for (const binding of this.#bindings) await session.exec(binding);
    return session;
  }
}
