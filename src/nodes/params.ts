/** Parameters as nodes, and what a secret is to its user. */

import type { ParamNode } from "../ast/expr.ts";
import { isParamName } from "../ast/params.ts";
import { sealed } from "../ast/sealed.ts";
import { markAsOurs } from "../core/copies.ts";
import { describe } from "../core/describe.ts";
import type { DefinitionError } from "../core/errors.ts";
import { freeze } from "../core/freeze.ts";
import { mistake } from "../diagnostics/mistake.ts";
import type { Secret } from "../typed/secret.ts";
import type { SqlType } from "../types/types.ts";
import type { Place } from "./exprs.ts";

/** Names of scopes in Databricks. */
const SCOPE = /^[A-Za-z0-9_@.-]{1,128}$/;

/** How a parameter is declared; a secret has no default, since that would stand in the text. */
type ParamParts =
  | { readonly type: SqlType; readonly default?: string | number | boolean; readonly secret?: undefined }
  | { readonly type: SqlType; readonly secret: string; readonly default?: undefined };

export function paramNode(name: string, parts: ParamParts, at: Place): ParamNode {
  const { type, default: fallback, secret } = parts;
  if (typeof name !== "string" || !isParamName(name)) {
    throw unnamed(`${describe(name)} cannot name a parameter`, "use letters, digits, _ and .", at);
  }
  if (secret !== undefined && (typeof secret !== "string" || !SCOPE.test(secret))) {
    const help = 'name the scope: param.secret("salt", { scope: "governance" })';
    throw unnamed(`${describe(secret)} cannot name a scope of secrets`, help, at);
  }
  const facts = { type, nullable: false, labels: freeze([]), unit: "", additivity: "additive" } as const;
  const kind = secret === undefined ? {} : { secret };
  const node = {
    kind: "param",
    name,
    ...facts,
    ...(fallback !== undefined && { default: fallback }),
    ...kind,
  } as const;
  const content = `param:${name}:${type.kind}:${JSON.stringify(fallback ?? null)}${secret === undefined ? "" : `:secret:${secret}`}`;
  return sealed<ParamNode>(node, content, at);
}

function unnamed(message: string, help: string, location: Place): DefinitionError {
  return mistake(location, { code: "PARAM001", message, help });
}

/** The run-time side of `Secret`. */
export class SecretParam implements Secret {
  readonly #node: ParamNode;

  constructor(node: ParamNode) {
    this.#node = node;
  }

  get " ~secret"(): string {
    return this.#node.name;
  }

  toNode(): ParamNode {
    return this.#node;
  }
}

markAsOurs(SecretParam.prototype, "a secret");
