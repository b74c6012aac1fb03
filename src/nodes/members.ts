/** Texts that have one of some values, and what they are compared with. */
import type { ExprNode } from "../ast/expr.ts";
import type { DefinitionError } from "../core/errors.ts";
import type { Place } from "../core/location.ts";
import { mistake } from "../diagnostics/mistake.ts";
import { say } from "../diagnostics/sentences.ts";
import { areApart, valuesOf } from "../types/types.ts";

/** The values as TypeScript writes them: `"new" | "paid"`. */
const shown = (values: readonly string[]): string => values.map((value) => JSON.stringify(value)).join(" | ");

export function noMember(value: string, values: readonly string[], location: Place): DefinitionError {
  return mistake(location, say("TYPE006", { value: shown([value]), values: shown(values) }));
}

/**
 * Checks what the first of some values is compared with.
 *
 * @throws DefinitionError `TYPE006` where it is never equal to one of them.
 */
export function checkMembers([first, ...others]: readonly ExprNode[], at: Place): void {
  if (first) for (const other of others) checkPair(first, other, at);
}

function checkPair(a: ExprNode, b: ExprNode, location: Place): void {
  const [own, theirs] = [valuesOf(a.type), valuesOf(b.type)];
  if (own) checkConstant(b, own, location);
  if (theirs) checkConstant(a, theirs, location);
  if (!own || !theirs || !areApart(a.type, b.type)) return;
  const said = say("TYPE006:apart");
  const message = `${said.message}: ${shown(own)}, and ${shown(theirs)}`;
  throw mistake(location, { ...said, message });
}

function checkConstant(node: ExprNode, values: readonly string[], at: Place): void {
  if (node.kind === "literal" && typeof node.value === "string" && !values.includes(node.value))
    throw noMember(node.value, values, at);
}
