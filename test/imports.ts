/** Reads the imports of one source file from its syntax tree, so that comments and templates do not count. */
import { builtinModules } from "node:module";
import path from "node:path";
import { parseAst } from "vite";

/** The rooms in their order: a room imports from the ones before it. */
export const ROOMS: readonly string[] = [
  "core",
  "diagnostics",
  "types",
  "functions",
  "ast",
  "typed",
  "settings",
  "formats",
  "nodes",
  "builder",
  "manifest",
  "zod",
  "analyze",
  "lower",
  "sql",
  "targets",
  "plugin",
  "engines",
  "config",
  "cli",
];

/**
 * The one import against that order, of types alone: the settings of a table are a part of its node, and the file of each
 * setting declares its data.
 */
export const AGAINST_ORDER = { file: "ast/settings.ts", room: "settings" } as const;

/** Stands for an import whose name is only known when it runs. */
export const COMPUTED = "(computed)";

const BUILTIN = new Set(builtinModules);

/** The embedded engine's reader of a format stands with the format, and is of the engine: it needs Node. */
const ENGINE_OF_FORMAT = /^formats\/[^/]+\/engine\//;

/** The room of a file named relative to `src`, or `undefined` for one that is in none. */
export function roomOf(file: string): string | undefined {
  if (ENGINE_OF_FORMAT.test(file)) return "engines";
  const room = file.split("/")[0];
  return file.includes("/") && room !== undefined && ROOMS.includes(room) ? room : undefined;
}

/**
 * What a file imports, in order: files relative to `src` (`ast/expr.ts`), Node built-ins with `node:`, packages as
 * they are written.
 */
export function importsOf(file: string, text: string): string[] {
  return importedBy(file, text).map(({ target }) => target);
}

interface Imported {
  readonly target: string;
  /** The exports that are named; `undefined` where it may use any of them. */
  readonly names: readonly string[] | undefined;
}

/** As `importsOf`, with the names that each import or re-export takes from the file. */
export function importedBy(file: string, text: string): readonly Imported[] {
  const found: { specifier: string; names: readonly string[] | undefined }[] = [];
  visit(parseAst(text, { lang: "ts" }));
  return found.map(({ specifier, names }) => {
    if (specifier.startsWith(".")) return { target: path.posix.join(path.posix.dirname(file), specifier), names };
    return { target: BUILTIN.has(specifier) ? `node:${specifier}` : specifier, names };
  });

  function visit(node: unknown): void {
    if (Array.isArray(node)) {
      for (const child of node) visit(child);
    } else if (isRecord(node)) {
      const { type, source } = node;
      if (typeof type === "string" && /^(Import|Export|TSImportType)/.test(type) && isRecord(source)) {
        const specifier = typeof source["value"] === "string" ? source["value"] : COMPUTED;
        found.push({ specifier, names: namesIn(node) });
      }
      for (const child of Object.values(node)) visit(child);
    }
  }
}

/** `import { a as b } from`, `export { a } from` and `import("…").A` name what they take. */
function namesIn(node: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  if (node["type"] === "TSImportType") return isRecord(node["qualifier"]) ? firstName(node["qualifier"]) : undefined;
  if (!Array.isArray(node["specifiers"])) return undefined;
  const names = node["specifiers"].map((specifier: unknown) => {
    if (!isRecord(specifier)) return undefined;
    const taken = specifier["type"] === "ImportSpecifier" ? specifier["imported"] : specifier["local"];
    const named = specifier["type"] === "ImportSpecifier" || specifier["type"] === "ExportSpecifier";
    return named && isRecord(taken) && typeof taken["name"] === "string" ? taken["name"] : undefined;
  });
  return names.every((name) => name !== undefined) ? names : undefined;
}

function firstName(qualifier: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  if (isRecord(qualifier["left"])) return firstName(qualifier["left"]);
  return typeof qualifier["name"] === "string" ? [qualifier["name"]] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
