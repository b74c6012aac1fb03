/** What happens in an update, as records in the shape of Databricks' event log. */
import { randomUUID } from "node:crypto";
import { duckdbText as text } from "../../targets/duckdb/dialect.ts";
import type { Row, Session } from "./session.ts";
import type { RunEvent } from "./update.ts";

interface Numbered extends RunEvent {
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
  #sequence = 0;

  constructor(onEvent: ((event: RunEvent) => void) | undefined) {
    this.#onEvent = onEvent;
  }

  /** Writes that the update has begun and, of updates that never ended, that they were interrupted. */
  async begin(session: Session, details: Row): Promise<void> {
    const interrupted = await session.rows(
      `SELECT update_id AS id, max(sequence) + 1 AS sequence FROM _medallion.event_log GROUP BY update_id
       HAVING count(*) FILTER (WHERE event_type = 'update_progress') = 0 ORDER BY min(timestamp)`,
    );
    for (const { id, sequence } of interrupted) {
      const message = `update ${String(id)} was interrupted: its process ended first, what its tables had committed is kept`;
      const state = { update_progress: { state: "INTERRUPTED" } };
      this.#tell(this.#event("update_progress", "WARN", message, undefined, state, String(id), Number(sequence)));
    }
    const ids = interrupted.map(({ id }) => String(id));
    this.add("create_update", "INFO", "update created", undefined, {
      ...details,
      ...(ids.length > 0 && { interrupted_updates: ids }),
    });
    await this.#write(session, [...this.#pending]);
    this.#pending.clear();
  }

  add(
    eventType: RunEvent["eventType"],
    level: RunEvent["level"],
    message: string,
    table: string | undefined,
    details: Row,
  ): void {
    this.#tell(this.#event(eventType, level, message, table, details));
  }

  /**
   * Writes what the table did, in the transaction that is open. Call what it returns once that has committed.
   */
  async record(session: Session, table: string, message: string, details: Row): Promise<() => void> {
    const done = this.#event("flow_progress", "INFO", message, table, details);
    const earlier = [...this.#pending].filter((event) => event.table === table);
    await this.#write(session, [...earlier, done]);
    return () => {
      for (const event of earlier) this.#pending.delete(event);
      this.#onEvent?.(shown(done));
    };
  }

  /** Writes what else happened. An update without work leaves two rows, not two for each table. */
  async end(session: Session, worked: boolean): Promise<void> {
    const idle = (event: RunEvent) => event.eventType === "flow_progress" && event.level === "INFO";
    await this.#write(session, worked ? [...this.#pending] : [...this.#pending].filter((event) => !idle(event)));
    this.#pending.clear();
  }

  #event(
    eventType: RunEvent["eventType"],
    level: RunEvent["level"],
    message: string,
    table: string | undefined,
    details: Row,
    updateId = this.updateId,
    sequence = this.#sequence++,
  ): Numbered {
    const timestamp = new Date().toISOString();
    const about = table === undefined ? {} : { table };
    return { id: randomUUID(), timestamp, updateId, eventType, level, message, ...about, details, sequence };
  }

  #tell(event: Numbered): void {
    this.#pending.add(event);
    this.#onEvent?.(shown(event));
  }

  async #write(session: Session, events: readonly Numbered[]): Promise<void> {
    if (events.length === 0) return;
    const rows = events.map((e) => {
      const table = e.table === undefined ? "NULL" : text(e.table);
      const when = `TIMESTAMPTZ '${e.timestamp}'`;
      const words = [e.updateId, e.eventType, e.level, e.message].map(text);
      return `(${[text(e.id), e.sequence, when, ...words, table, text(JSON.stringify(e.details))].join(", ")})`;
    });
    await session.exec(`INSERT INTO _medallion.event_log VALUES ${rows.join(",\n")}`);
  }
}

function shown({ sequence: _, ...event }: Numbered): RunEvent {
  return event;
}
