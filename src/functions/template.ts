/** Templates of the catalogue: `upper($1)`, `$1 LIKE {pattern}`. Each is read once. */
import { BINDING, type Binding, noArgument, type Sql, stands, union, within } from "./fragment.ts";
import type { Options } from "./spec.ts";

type Hole = { readonly arg: number; readonly alone: boolean } | { readonly option: string } | { readonly all: true };

const HOLE = /\$(\d|\*)|\{(\w+)\}/g;
const known = new Map<string, readonly (string | Hole)[]>();

function read(template: string): readonly (string | Hole)[] {
  const parts: (string | Hole)[] = [];
  let done = 0;
  for (const { index, 0: hole, 1: arg, 2: option } of template.matchAll(HOLE)) {
    const end = index + hole.length;
    parts.push(template.slice(done, index));
    if (option !== undefined) parts.push({ option });
    else if (arg === "*") parts.push({ all: true });
    else parts.push({ arg: Number(arg) - 1, alone: stands(template.slice(0, index), template.slice(end)) });
    done = end;
  }
  return [...parts, template.slice(done)];
}

/** The template with its arguments and options. A template that is one argument is that argument. */
export function fill(
  template: string,
  args: readonly Sql[],
  options: Options,
  text: (value: string) => Sql,
  binding: Binding = BINDING.atom,
): Sql {
  if (template === "$1" && args[0]) return args[0];
  const parts = known.get(template) ?? read(template);
  known.set(template, parts);
  const used: Sql[] = [];
  const written = parts.map((part) => {
    if (typeof part === "string") return part;
    if ("all" in part) {
      used.push(...args);
      return args.map((arg) => arg.text).join(", ");
    }
    if ("option" in part) {
      const value = options[part.option];
      return typeof value === "string" ? text(value).text : String(value);
    }
    const arg = args[part.arg] ?? noArgument();
    used.push(arg);
    return part.alone ? arg.text : within(arg, BINDING.atom);
  });
  return { text: written.join(""), binding, plain: false, macros: union(used) };
}
