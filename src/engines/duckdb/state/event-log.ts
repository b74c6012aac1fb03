/** What happens in an update, as records in the shape of Databricks' event log. */
import { randomUUID } from "node:crypto";
import { duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { type EventBody, eventOf, type RunEvent, updateCreated, warningOf } from "../../events.ts";
import type { Warning } from "../../result.ts";
import type { Row, Session } from "../warehouse/session.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

interface Numbered {
  readonly event: RunEvent;
  readonly sequence: number;
}

/**
 * Events as they happen. What a table did is written in the transaction of its data, so that a killed update leaves
 * neither without the other; the program is told once it has committed. Everything else is told at once.
 */
export class EventLog {
  readonly updateId: string = randomUUID();
  readonly #onEvent: ((event: RunEvent) => void) | undefined;
  /** Events that are not in the warehouse yet. */
  readonly #pending = new Set<Numbered>();
  readonly #warnings: Warning[] = [];
  #sequence = 0;

  constructor(onEvent: ((event: RunEvent) => void) | undefined) {
    this.#onEvent = onEvent;
  }

  /** Writes that the update has begun and, of one that never ended, that it was interrupted. */
  async begin(session: Session, fullRefresh: boolean): Promise<void> {
    const interrupted = await unfinished(session);
    for (const { id, sequence } of interrupted) {
      const message = `update ${String(id)} was interrupted: its process ended first, what its tables had committed is kept`;
      const details = { update_progress: { state: "INTERRUPTED" } };
      const event = eventOf(String(id), { eventType: "update_progress", level: "WARN", message, details });
      this.#tell({ event, sequence: Number(sequence) });
    }
    const ids = interrupted.map(({ id }) => String(id));
    this.add(updateCreated({ full_refresh: fullRefresh, ...(ids.length > 0 && { interrupted_updates: ids }) }));
    await this.#write(session, [...this.#pending]);
    this.#pending.clear();
  }

  /** What the update has warned of so far. */
  get warnings(): readonly Warning[] {
    return this.#warnings;
  }

  add(body: EventBody): void {
    const warning = warningOf(body);
    if (warning) this.#warnings.push(warning);
    this.#tell(this.#numbered(body));
  }

  /**
   * Writes what the table did, in the transaction that is open. Call what it returns once that has committed.
   */
  async record(session: Session, table: string, body: EventBody): Promise<() => void> {
    const done = this.#numbered(body);
    const earlier = [...this.#pending].filter(({ event }) => event.table === table);
    await this.#write(session, [...earlier, done]);
    return () => {
      for (const one of earlier) this.#pending.delete(one);
      this.#onEvent?.(done.event);
    };
  }

  /** Writes what else happened. An update without work leaves two rows, not two for each table. */
  async end(session: Session, worked: boolean): Promise<void> {
    const idle = ({ event }: Numbered) => event.eventType === "flow_progress" && event.level === "INFO";
    await this.#write(session, worked ? [...this.#pending] : [...this.#pending].filter((one) => !idle(one)));
    this.#pending.clear();
  }

  /** Removes the events of updates that ended so many days ago. The last one keeps its own. */
  async forget(session: Session, days: number | undefined): Promise<void> {
    if (days === undefined) return;
    const oldest = new Date(Date.now() - days * DAY_MS).toISOString();
    await session.exec(
      `DELETE FROM _medallion.event_log WHERE update_id IN (
         SELECT update_id FROM _medallion.event_log WHERE update_id <> ${text(this.updateId)}
         GROUP BY update_id HAVING max(timestamp) < TIMESTAMPTZ ${text(oldest)})`,
    );
  }

  #numbered(body: EventBody): Numbered {
    return { event: eventOf(this.updateId, body), sequence: this.#sequence++ };
  }

  #tell(one: Numbered): void {
    this.#pending.add(one);
    this.#onEvent?.(one.event);
  }

  async #write(session: Session, events: readonly Numbered[]): Promise<void> {
    if (events.length === 0) return;
    const rows = events.map(({ event: e, sequence }) => {
      const table = e.table === undefined ? "NULL" : text(e.table);
      const when = `TIMESTAMPTZ '${e.timestamp}'`;
      const words = [e.updateId, e.eventType, e.level, e.message].map(text);
      return `(${[text(e.id), sequence, when, ...words, table, text(JSON.stringify(e.details))].join(", ")})`;
    });
    await session.exec(`INSERT INTO _medallion.event_log VALUES ${rows.join(",\n")}`);
  }
}

/**
 * The update before, where it did not end, with the number of its next event. The last row tells: an update that ends writes
 * that last, and no other update begins before. So the log is not read, however long it is.
 */
async function unfinished(session: Session): Promise<readonly Row[]> {
  const [last] = await session.rows(
    `SELECT update_id AS id, event_type AS type FROM _medallion.event_log WHERE rowid = (SELECT max(rowid) FROM _medallion.event_log)`,
  );
  if (last === undefined || last["type"] === "update_progress") return [];
  return session.rows(
    `SELECT update_id AS id, max(sequence) + 1 AS sequence FROM _medallion.event_log WHERE update_id = ${text(String(last["id"]))} GROUP BY update_id`,
  );
}
