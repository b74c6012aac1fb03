/** Settings belong to a table. Where a relation is only read, they would say nothing of any table: that is refused. */

import { mistake } from "../../diagnostics/mistake.ts";
import { SENTENCES } from "../../diagnostics/sentences.ts";
import type { Place } from "../../nodes/exprs.ts";
import { givenSettings, type TableSettings } from "../../settings/settings.ts";

/**
 * Refuses the settings that nothing would keep; `rows` says that the rows are kept, and with them what is about rows.
 *
 * @throws DefinitionError `SET001`.
 */
export function refuseLoss(
  settings: TableSettings,
  what: string,
  { help, at, rows = false }: { readonly help: string; readonly at: Place; readonly rows?: boolean },
): void {
  const lost = givenSettings(settings).flatMap(({ setting, value }) =>
    rows && setting.ofRows ? [] : setting.given(value),
  );
  if (lost.length === 0) return;
  const message = `${what} would lose what was set for a table: ${lost.join(", ")}`;
  throw mistake(at, { code: "SET001", message, help });
}

/** The fix where a step follows. */
export const LAST = SENTENCES["SET001:steps"].message;

/** The fix where a relation is read by another. */
export const OWN_TABLE = SENTENCES["SET001:read"].help;
