/** The parameters that a pipeline asks its environment for. */

import type { SqlType } from "../types/types.ts";
import type { ParamNode } from "./expr.ts";
import { tableSteps } from "./inputs.ts";
import type { TableNode } from "./pipeline.ts";
import { allExprs } from "./scopes.ts";

const NAME = /^[A-Za-z_][A-Za-z0-9_.]*$/;

/** Whether a text may name a parameter: letters, digits, `_` and `.`. */
export function isParamName(name: string): boolean {
  return NAME.test(name);
}

/** `${name}` in a source's path. */
export const IN_PATH = /\$\{([^}]*)\}/g;

/** Where a source's path starts: with a parameter at its start its value decides, which is known when it runs. */
export function startsAt(path: string): "absolute" | "relative" | "parameter" {
  const first = /^\$\{([^}]*)\}/.exec(path)?.[1];
  if (first !== undefined && isParamName(first)) return "parameter";
  return /^(?:\/|[A-Za-z][A-Za-z0-9+.-]*:)/.test(path) ? "absolute" : "relative";
}

const known = new WeakMap<TableNode, readonly ParamNode[]>();

/** The parameters in a table's expressions. */
export function tableParams(table: TableNode): readonly ParamNode[] {
  const params = known.get(table) ?? allExprs(table).filter((expr) => expr.kind === "param");
  known.set(table, params);
  return params;
}

/** Names of the parameters in the paths of a table's sources. */
function pathParams(table: TableNode): readonly string[] {
  return tableSteps(table)
    .flatMap((step) => (step.kind === "source" ? [...step.path.matchAll(IN_PATH)].map((m) => m[1] ?? "") : []))
    .filter(isParamName);
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
