/** Reads the imports of one source file from its syntax tree, so that comments and templates do not count. */
import { builtinModules } from "node:module";
import path from "node:path";
import { parseAst } from "vite";

/** The rooms in their order: a room imports from the ones before it. */
export const ROOMS: readonly string[] = [
  "core",
  "diagnostics",
  "types",
  "ast",
  "functions",
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
  const found: string[] = [];
  visit(parseAst(text, { lang: "ts" }));
  return found.map((specifier) => {
    if (specifier.startsWith(".")) return path.posix.join(path.posix.dirname(file), specifier);
    return BUILTIN.has(specifier) ? `node:${specifier}` : specifier;
  });

  function visit(node: unknown): void {
    if (Array.isArray(node)) {
      for (const child of node) visit(child);
    } else if (isRecord(node)) {
      const { type, source } = node;
      if (typeof type === "string" && /^(Import|Export|TSImportType)/.test(type) && isRecord(source)) {
        found.push(typeof source["value"] === "string" ? source["value"] : COMPUTED);
      }
      for (const child of Object.values(node)) visit(child);
    }
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
