/** What happens in an update, as records in the shape of Databricks' event log. */
import { randomUUID } from "node:crypto";
import { duckdbText as text } from "../compile/duckdb.ts";
import type { Row, Session } from "./session.ts";
import type { RunEvent } from "./update.ts";

/** Events as they happen: to the program at once, to the warehouse at the end of the update. */
export class EventLog {
  readonly updateId = randomUUID();
  readonly #session: Session;
  readonly #onEvent: ((event: RunEvent) => void) | undefined;
  readonly #events: RunEvent[] = [];

  constructor(session: Session, onEvent: ((event: RunEvent) => void) | undefined) {
    this.#session = session;
    this.#onEvent = onEvent;
  }

  add(
    eventType: RunEvent["eventType"],
    level: RunEvent["level"],
    message: string,
    table: string | undefined,
    details: Row,
  ): void {
    const event = {
      id: randomUUID(),
      timestamp: new Date().toISOString(),
      updateId: this.updateId,
      eventType,
      level,
      message,
      ...(table !== undefined && { table }),
      details,
    };
    this.#events.push(event);
    this.#onEvent?.(event);
  }

  /** Writes what happened. An update without work leaves two rows, not two for each table. */
  async flush(worked: boolean): Promise<void> {
    const kept = worked
      ? this.#events
      : this.#events.filter((e) => e.eventType !== "flow_progress" || e.level !== "INFO");
    const rows = kept.map((e, i) => {
      const values = [
        text(e.id),
        i,
        `TIMESTAMPTZ '${e.timestamp}'`,
        text(e.updateId),
        text(e.eventType),
        text(e.level),
        text(e.message),
      ];
      return `(${[...values, e.table === undefined ? "NULL" : text(e.table), text(JSON.stringify(e.details))].join(", ")})`;
    });
    if (rows.length > 0) await this.#session.exec(`INSERT INTO _medallion.event_log VALUES ${rows.join(",\n")}`);
  }
}
