/** Where no window may stand, and which are worked out before. */

import type { ExprNode, WindowNode } from "../ast/expr.ts";
import { windowsIn } from "../ast/walk.ts";
import type { CompileError } from "../core/errors.ts";
import { report } from "../core/refusals.ts";
import { refusal } from "../diagnostics/mistake.ts";
import { say } from "../diagnostics/sentences.ts";
import type { Dialect } from "./dialect.ts";

/** The windows inside of other windows: no engine accepts them there. */
export function nestedWindowsIn(exprs: readonly ExprNode[]): readonly WindowNode[] {
  return windowsIn(exprs).flatMap((window) => windowsIn([window]).filter((inner) => inner !== window));
}

/** The windows that are to be columns of a query before the one in which the expressions stand. */
export function windowsBefore(exprs: readonly ExprNode[], { gathers }: Dialect): readonly WindowNode[] {
  const gathered = gathers ? windowsIn(exprs).filter(gathers) : [];
  return [...new Map([...nestedWindowsIn(exprs), ...gathered].map((window) => [window.id, window])).values()];
}

export function refuseWindows(windows: readonly WindowNode[], where: string): void {
  for (const window of windows) report(misplaced(window, where));
}

function misplaced(window: WindowNode, where: string): CompileError {
  return refusal({
    ...say("WIN003", { what: `${window.fn}() over a window`, where }),
    location: window.at,
  });
}
