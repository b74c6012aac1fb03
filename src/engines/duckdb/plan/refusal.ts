/** A refused plan as the error of its table. */
import type { TableNode } from "../../../ast/pipeline.ts";
import { RunError } from "../../../core/errors.ts";
import type { Decision } from "./decision.ts";

/** What stops a table whose rows cannot be made again. */
export function refusal(table: TableNode, plan: Decision): RunError {
  const name = `${table.layer}.${table.name}`;
  const { damage, loses, why, accept = name } = plan;
  const code = damage?.code ?? "STATE001";
  const place = { location: table.at, table: table.name };
  if (loses.length === 0) {
    return new RunError({
      ...place,
      code,
      message: `${name} is not updated, since readers could not tell which rows are new: ${why.join("; ")}`,
      help: `run with fullRefresh (--full-refresh) to read everything again: until then it stays as it is`,
    });
  }
  const files = loses.some((lost) => lost.includes("gone")) ? "put the files back, or " : "";
  return new RunError({
    ...place,
    code,
    message: `${name} is not updated, since it would lose ${loses.join("; ")}: ${why.join("; ")}`,
    help: `${files}undo the change, or run with acceptLoss: ["${accept}"] (--accept-loss ${accept}) to go on without what is lost`,
  });
}
