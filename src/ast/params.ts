/** The parameters that a pipeline asks its environment for. */

import { freeze } from "../core/freeze.ts";
import { oncePer } from "../core/once.ts";
import type { SqlType } from "../types/types.ts";
import type { ParamNode } from "./expr.ts";
import { tableSteps } from "./inputs.ts";
import type { TableNode } from "./pipeline.ts";
import { madeScopes } from "./scopes.ts";
import { subexpressions } from "./walk.ts";

const NAME = /^[A-Za-z_][A-Za-z0-9_.]*$/;

/** Whether a text may name a parameter: letters, digits, `_` and `.`. */
export function isParamName(name: string): boolean {
  return NAME.test(name);
}

/** `${name}` in a source's path: what is in the braces need not be a parameter's name. */
const HOLE = /(\$\{[^}]*\})/;

/** A piece of a source's path: text, or the parameter whose value stands there. */
type PathPart = { readonly text: string; readonly param?: never } | { readonly param: string };

/** A source's path in its pieces, none of them empty. */
export function pathParts(path: string): readonly PathPart[] {
  return path
    .split(HOLE)
    .filter((part) => part !== "")
    .map((part) => {
      const name = part.startsWith("${") && part.endsWith("}") ? part.slice(2, -1) : "";
      return isParamName(name) ? { param: name } : { text: part };
    });
}

/** Whether a parameter's value stands in a source's path. */
export const hasParams = (path: string): boolean => pathParts(path).some(({ param }) => param !== undefined);

/** A source's path with values instead of its parameters; one without a value stays as it is written. */
export function filledPath(path: string, value: (param: string) => string | undefined): string {
  const filled = pathParts(path).map((part) =>
    part.param === undefined ? part.text : (value(part.param) ?? `\${${part.param}}`),
  );
  return filled.join("");
}

/** Where a source's path starts: with a parameter at its start its value decides, which is known when it runs. */
export function startsAt(path: string): "absolute" | "relative" | "parameter" {
  if (pathParts(path)[0]?.param !== undefined) return "parameter";
  return /^(?:\/|[A-Za-z][A-Za-z0-9+.-]*:)/.test(path) ? "absolute" : "relative";
}

/** The parameters in a table's expressions. */
export const tableParams = oncePer((table: TableNode): readonly ParamNode[] =>
  freeze(madeScopes(table).flatMap(({ expr }) => subexpressions(expr).filter((one) => one.kind === "param"))),
);

/** Names of the parameters in the paths of a table's sources. */
function pathParams(table: TableNode): readonly string[] {
  return tableSteps(table)
    .flatMap((step) => (step.kind === "source" ? pathParts(step.path) : []))
    .flatMap(({ param }) => param ?? []);
}

/** One use of a parameter. */
export interface ParamUse {
  readonly name: string;
  /** Absent in a path. */
  readonly type?: SqlType;
  readonly default?: NonNullable<ParamNode["default"]>;
  /** Its value stands in no file. */
  readonly secret?: true;
  readonly table: TableNode;
  readonly at?: string;
}

/** Every use, in the order of the tables. */
export function paramUses(tables: readonly TableNode[]): readonly ParamUse[] {
  return tables.flatMap((table) => [
    ...tableParams(table).map((param) => ({
      ...use(param.name, table, param.at ?? table.at, param.default),
      type: param.type,
      ...(param.secret !== undefined && { secret: true as const }),
    })),
    ...pathParams(table).map((name) => use(name, table, table.at)),
  ]);
}

function use(name: string, table: TableNode, at: string | undefined, fallback?: ParamNode["default"]): ParamUse {
  return { name, table, ...(fallback != null && { default: fallback }), ...(at !== undefined && { at }) };
}
