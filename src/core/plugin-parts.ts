/**
 * What a node carries of a definition that is not built in. A symbol is kept where a node is spread and left out by
 * `JSON.stringify`, so that nothing else has to know what was defined: not `compile`, `run` or `analyze`.
 */
export const DEFINITION: unique symbol = Symbol.for("medallion.definition");

const NAME = /^[A-Za-z][A-Za-z0-9_-]*\.[A-Za-z][A-Za-z0-9_]*$/;

/** Members of plugins are named after them: `acme.retention`. No built-in member has a dot in its name. */
export type PluginName = `${string}.${string}`;

export function isPluginName(name: unknown): name is PluginName {
  return typeof name === "string" && NAME.test(name);
}
