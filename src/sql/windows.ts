/** Where no window may stand. */
import type { ExprNode, WindowNode } from "../ast/expr.ts";
import { windowsIn } from "../ast/walk.ts";
import { CompileError } from "../core/errors.ts";
import { report } from "../core/refusals.ts";

/** The windows inside of other windows: no engine takes them there. */
export function nestedWindowsIn(exprs: readonly ExprNode[]): readonly WindowNode[] {
  return windowsIn(exprs).flatMap((window) => windowsIn([window]).filter((inner) => inner !== window));
}

export function refuseWindows(windows: readonly WindowNode[], where: string): void {
  for (const window of windows) report(misplaced(window, where));
}

function misplaced(window: WindowNode, where: string): CompileError {
  return new CompileError({
    code: "WIN003",
    message: `${window.fn}() over a window cannot stand ${where}`,
    help: "derive() it as a separate column, in a step before",
    location: window.at,
  });
}
