/** What a window may be: of which function, in which order, over which frame. Spark's rules, which DuckDB's go beyond. */
import type { OrderNode, WindowFrame } from "../ast/expr.ts";
import type { DefinitionError } from "../core/errors.ts";
import { isInt } from "../core/int.ts";
import type { Place } from "../core/location.ts";
import type { DiagnosticCode } from "../diagnostics/catalogue.ts";
import { mistake } from "../diagnostics/mistake.ts";
import { say } from "../diagnostics/sentences.ts";
import type { AggregateSpec, WindowSpec } from "../functions/spec.ts";
import { isNumeric } from "../types/types.ts";

interface Window {
  readonly fn: string;
  readonly spec: AggregateSpec | WindowSpec;
  readonly orderBy: readonly OrderNode[];
  readonly frame?: WindowFrame;
}

/** @throws DefinitionError `WIN002` to `WIN004` where the function has no such window. */
export function checkWindow({ fn, spec, orderBy, frame }: Window, at: Place): void {
  if (spec.kind === "window" && orderBy.length === 0) {
    throw refused("WIN002", `${fn}() needs an orderBy: without one its answer is by chance`, ORDER, at);
  }
  if (spec.window === "none" || (spec.window === "partition" && (orderBy.length > 0 || frame))) {
    const orders = spec.window === "partition" ? " with an orderBy or a frame" : "";
    throw refused("WIN003", `${fn}() has no window${orders}`, "aggregate with groupBy() and join the result", at);
  }
  if (frame === undefined) return;
  if (spec.kind === "window" && spec.order !== "first" && spec.order !== "last") {
    throw mistake(at, say("WIN004:none"));
  }
  checkFrame(frame, orderBy, at);
}

const ORDER = "over({ orderBy: c.at }), where at is the column that orders the rows";

/** A frame stands in SQL as it is. */
function checkFrame({ unit, start, end }: WindowFrame, orderBy: readonly OrderNode[], at: Place): void {
  const isBound = (bound: unknown) =>
    bound === "unbounded" || (unit === "rows" ? isInt(bound) : Number.isSafeInteger(bound));
  if ((unit !== "rows" && unit !== "range") || !isBound(start) || !isBound(end)) {
    const message = "a frame has a unit, rows or range, and two bounds: whole numbers, or unbounded";
    throw refused("WIN004", message, 'over({ …, frame: { unit: "rows", start: -2, end: 0 } })', at);
  }
  if (start !== "unbounded" && end !== "unbounded" && start > end) {
    throw refused("WIN004", `the frame ends at ${end}, before it starts at ${start}`, "give the lower bound first", at);
  }
  const counts = [start, end].some((bound) => bound !== "unbounded" && bound !== 0);
  if (unit === "range" && counts && !measures(orderBy)) {
    throw refused(
      "WIN004",
      "a range of numbers is counted from the value of one orderBy, which is a number or a date",
      'order by one such column, or count rows: { unit: "rows", … }',
      at,
    );
  }
}

/** Whether the place of a row is a number, or the number of a day. */
function measures(orderBy: readonly OrderNode[]): boolean {
  const [only, ...more] = orderBy;
  return only !== undefined && more.length === 0 && (isNumeric(only.expr.type) || only.expr.type.kind === "date");
}

function refused(code: DiagnosticCode, message: string, help: string, location: Place): DefinitionError {
  return mistake(location, { code, message, help });
}
