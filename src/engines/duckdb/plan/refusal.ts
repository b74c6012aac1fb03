/** A refused plan as the error of its table. */

import { fullName, type TableNode } from "../../../ast/pipeline.ts";
import type { RunError } from "../../../core/errors.ts";
import { failure } from "../../../diagnostics/mistake.ts";
import type { Decision } from "./decision.ts";
import { inWords } from "./loss.ts";

/** What stops a table whose rows cannot be made again. */
export function refusal(table: TableNode, plan: Decision): RunError {
  const name = fullName(table);
  const { damage, loses, why, accept = name } = plan;
  const code = damage?.code ?? "STATE001";
  const place = { location: table.at, table: table.name };
  if (loses.length === 0) {
    return failure({
      ...place,
      code,
      message: `${name} is not updated, since readers could not tell which rows are new: ${why.join("; ")}`,
      help: `run with fullRefresh (--full-refresh) to read everything again: until then it stays as it is`,
    });
  }
  const spared = new Set(loses.flatMap((lost) => lost.remedies ?? []));
  const twoSteps = spared.has("rename")
    ? "where a table has another name and another definition, rename it first, run, and change it then; else "
    : "";
  const files = spared.has("files") ? "put the files back, or " : "";
  return failure({
    ...place,
    code,
    message: `${name} is not updated, since it would lose ${inWords(loses)}: ${why.join("; ")}`,
    help: `${twoSteps}${files}undo the change, or run with acceptLoss: ["${accept}"] (--accept-loss ${accept}) to go on without what is lost`,
  });
}
