/**
 * `medallion/targets`: the built-in targets of `compile()`. In Node their names are enough, and nothing need be imported.
 * A bundle has what it imports: there, import this door once, or give a target as a value.
 * A target of your own writes its SQL with `defineDialect()` and `printQuery()`.
 *
 * @packageDocumentation
 */
import "./targets.ts";

export { databricksTarget as databricks } from "./databricks/index.ts";
export { type DialectParts, defineDialect, type SqlDialect } from "./define-dialect.ts";
export { duckdbTarget as duckdb } from "./duckdb/index.ts";
export { type PrintOptions, printExpr, printQuery } from "./print.ts";
export { sparkTarget as spark } from "./spark/index.ts";
