/** What a door exports, with the doc comment of each name, read from the syntax trees of the sources. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseAst } from "vite";

export interface PublicName {
  readonly name: string;
  /** Whether it is there at run time: a function, a class or a value. */
  readonly value: boolean;
  /** `src/builder/expr/fn.ts` */
  readonly file: string;
  readonly comment: string | undefined;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [part: string]: unknown;
}

const asNode = (value: unknown): Node | undefined =>
  typeof value === "object" && value !== null && "type" in value ? (value as Node) : undefined;
const nodes = (value: unknown): readonly Node[] => (Array.isArray(value) ? value.flatMap((v) => asNode(v) ?? []) : []);
const nameOf = (value: unknown): string => String(asNode(value)?.["name"] ?? asNode(value)?.["value"]);

/** All names of a door, in its order. */
export function exportsOf(root: string, door: string): readonly PublicName[] {
  return bodyOf(root, door).flatMap((statement) =>
    statement.type !== "ExportNamedDeclaration"
      ? []
      : statement["declaration"]
        ? declaredNames(statement).flatMap((name) => declarationOf(root, door, name) ?? [])
        : nodes(statement["specifiers"]).map((specifier) => {
            const name = nameOf(specifier["exported"]);
            const found = declarationOf(root, sourceOf(door, statement), nameOf(specifier["local"]));
            if (!found) throw new Error(`${door}: there is no "${name}"`);
            return { ...found, name };
          }),
  );
}

function bodyOf(root: string, file: string): readonly Node[] {
  return nodes(parseAst(readFileSync(path.join(root, file), "utf8"), { lang: "ts" }).body);
}

function sourceOf(file: string, statement: Node): string {
  return path.posix.join(path.posix.dirname(file), String(asNode(statement["source"])?.["value"]));
}

function declaredNames(statement: Node): readonly string[] {
  const declaration = asNode(statement["declaration"]);
  if (declaration?.type === "VariableDeclaration")
    return nodes(declaration["declarations"]).map((d) => nameOf(d["id"]));
  return declaration ? [nameOf(declaration["id"])] : [];
}

/** Follows imports and exports to the declaration. Overloads of a function count as one. */
function declarationOf(root: string, file: string, name: string): PublicName | undefined {
  const text = readFileSync(path.join(root, file), "utf8");
  for (const statement of bodyOf(root, file)) {
    if (statement.type === "ExportNamedDeclaration" && declaredNames(statement).includes(name)) {
      const kind = asNode(statement["declaration"])?.type ?? "";
      const value = !/^TS(Interface|TypeAlias)/.test(kind);
      return { name, value, file, comment: commentBefore(text, statement.start) };
    }
    const specifier = nodes(statement["specifiers"]).find((s) => nameOf(s["local"]) === name);
    if (specifier && statement["source"]) {
      const original = nameOf(specifier["imported"] ?? specifier["local"]);
      return declarationOf(root, sourceOf(file, statement), original);
    }
  }
  return undefined;
}

function commentBefore(text: string, offset: number): string | undefined {
  const before = text.slice(0, offset);
  // A blank line between them: the comment is the file's.
  return /\*\/\n?$/.test(before) ? before.slice(before.lastIndexOf("/**")) : undefined;
}
