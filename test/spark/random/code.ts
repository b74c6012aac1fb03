/** A small program as plain data: it is evaluated, and it is printed as TypeScript. Both read the same tree. */

export type Code =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "get"; readonly of: Code; readonly name: string }
  | { readonly kind: "call"; readonly of: Code; readonly args: readonly Code[]; readonly line?: boolean }
  | { readonly kind: "value"; readonly value: string | number | boolean | null }
  | { readonly kind: "object"; readonly spread?: string; readonly entries: readonly (readonly [string, Code])[] }
  | { readonly kind: "array"; readonly items: readonly Code[] }
  | { readonly kind: "arrow"; readonly params: readonly Parameter[]; readonly body: Code };

/** A name, or an object that is taken apart: `({ city: c0, ...rest })`. */
export type Parameter =
  | string
  | { readonly picks: readonly (readonly [key: string, local: string])[]; readonly rest: string };

export const name = (of: string): Code => ({ kind: "name", name: of });
export const get = (of: Code, member: string): Code => ({ kind: "get", of, name: member });
export const call = (of: Code, member: string, ...args: readonly Code[]): Code => ({
  kind: "call",
  of: get(of, member),
  args,
});
/** A call that begins a line of its own. */
export const step = (of: Code, member: string, ...args: readonly Code[]): Code => ({
  kind: "call",
  of: get(of, member),
  args,
  line: true,
});
export const value = (of: string | number | boolean | null): Code => ({ kind: "value", value: of });
export const object = (entries: readonly (readonly [string, Code])[], spread?: string): Code => ({
  kind: "object",
  entries,
  ...(spread !== undefined && { spread }),
});
export const array = (items: readonly Code[]): Code => ({ kind: "array", items });
export const arrow = (params: readonly Parameter[], body: Code): Code => ({ kind: "arrow", params, body });

export type Scope = Readonly<Record<string, unknown>>;

export function evaluate(code: Code, scope: Scope): unknown {
  switch (code.kind) {
    case "name":
      if (!(code.name in scope)) throw new Error(`${code.name} is not in scope`);
      return scope[code.name];
    case "get":
      return member(evaluate(code.of, scope), code.name);
    case "call": {
      const args = code.args.map((arg) => evaluate(arg, scope));
      if (code.of.kind !== "get") return callable(evaluate(code.of, scope))(...args);
      const receiver = evaluate(code.of.of, scope);
      return callable(member(receiver, code.of.name), code.of.name).apply(receiver, args);
    }
    case "value":
      return code.value;
    case "object": {
      const spread = code.spread === undefined ? {} : (scope[code.spread] as object);
      return { ...spread, ...Object.fromEntries(code.entries.map(([key, item]) => [key, evaluate(item, scope)])) };
    }
    case "array":
      return code.items.map((item) => evaluate(item, scope));
    case "arrow":
      return (...args: readonly unknown[]) => evaluate(code.body, bound(code.params, args, scope));
  }
}

function member(of: unknown, key: string): unknown {
  return (of as Readonly<Record<string, unknown>>)[key];
}

function callable(of: unknown, what = "it"): (...args: readonly unknown[]) => unknown {
  if (typeof of === "function") return of as (...args: readonly unknown[]) => unknown;
  throw new Error(`${what} is not a function`);
}

function bound(params: readonly Parameter[], args: readonly unknown[], scope: Scope): Scope {
  const added = params.map((param, i) => {
    if (typeof param === "string") return { [param]: args[i] };
    const given = args[i] as Readonly<Record<string, unknown>>;
    const taken = new Set(param.picks.map(([key]) => key));
    const rest = Object.fromEntries(Object.entries(given).filter(([key]) => !taken.has(key)));
    return { ...Object.fromEntries(param.picks.map(([key, local]) => [local, given[key]])), [param.rest]: rest };
  });
  return Object.assign({}, scope, ...added);
}

const WORD = /^[A-Za-z_$][\w$]*$/;
const key = (of: string) => (WORD.test(of) ? of : JSON.stringify(of));

/** The program as TypeScript. */
export function print(code: Code, indent = ""): string {
  switch (code.kind) {
    case "name":
      return code.name;
    case "get":
      return `${print(code.of, indent)}${WORD.test(code.name) ? `.${code.name}` : `[${JSON.stringify(code.name)}]`}`;
    case "call": {
      const inner = code.line ? `${indent}  ` : indent;
      const args = code.args.map((arg) => print(arg, inner)).join(", ");
      if (!code.line || code.of.kind !== "get") return `${print(code.of, indent)}(${args})`;
      return `${print(code.of.of, indent)}\n${inner}.${code.of.name}(${args})`;
    }
    case "value":
      return JSON.stringify(code.value);
    case "object":
      return objectText(code.entries, code.spread, indent);
    case "array":
      return `[${code.items.map((item) => print(item, indent)).join(", ")}]`;
    case "arrow": {
      const body = print(code.body, indent);
      return `(${usedParams(code.params, body).join(", ")}) => ${code.body.kind === "object" ? `(${body})` : body}`;
    }
  }
}

function objectText(entries: readonly (readonly [string, Code])[], spread: string | undefined, indent: string): string {
  const inner = `${indent}  `;
  const items = [
    ...(spread === undefined ? [] : [`...${spread}`]),
    ...entries.map(([k, item]) => {
      const text = print(item, inner);
      return k === text ? k : `${key(k)}: ${text}`;
    }),
  ];
  const line = `{ ${items.join(", ")} }`;
  if (items.length === 0) return "{}";
  return line.length + indent.length <= 100 && !line.includes("\n")
    ? line
    : `{\n${items.map((item) => `${inner}${item},`).join("\n")}\n${indent}}`;
}

/** The parameters; a plain one that the body does not mention is left out, or marked where another follows. */
function usedParams(params: readonly Parameter[], body: string): readonly string[] {
  const used = params.map((p) => typeof p !== "string" || mentions(body, p));
  return params.flatMap((p, i) => {
    if (used[i]) return [parameter(p)];
    return used.slice(i + 1).includes(true) ? [`_${parameter(p)}`] : [];
  });
}

function mentions(text: string, word: string): boolean {
  return new RegExp(`(?<![\\w$])${word.replace("$", "\\$")}(?![\\w$])`).test(text);
}

function parameter(of: Parameter): string {
  if (typeof of === "string") return of;
  return `{ ${[...of.picks.map(([k, local]) => (k === local ? k : `${key(k)}: ${local}`)), `...${of.rest}`].join(", ")} }`;
}
