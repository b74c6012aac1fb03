/** What an update warns of, as a person reads it. */
import type { Warning } from "../../engines/result.ts";
import { type Paint, printable } from "./style.ts";

export function warningLines(warnings: readonly Warning[], paint: Paint): readonly string[] {
  return warnings.flatMap(({ code, table, message, help }) => [
    `${paint("yellow", code === undefined ? "warning" : `warning ${code}`)}${table === undefined ? "" : ` ${table}`}: ${printable(message)}`,
    ...(help === undefined ? [] : [`  help: ${printable(help)}`]),
  ]);
}
