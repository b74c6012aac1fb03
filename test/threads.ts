/**
 * The databases of a worker use its share of the cores: with every core for each, the two workers of `npm test` would take
 * them from each other, a sixth of all CPU time. What gives `threads` itself keeps it, and processes of their own use all.
 */
import { availableParallelism } from "node:os";
import { DuckDBInstance } from "@duckdb/node-api";

const WORKERS = 2;
const threads = String(Math.max(1, Math.floor(availableParallelism() / WORKERS)));

// The files of a worker share the module.
const shared: { create: typeof DuckDBInstance.create; sharing?: true } = DuckDBInstance;
if (!shared.sharing) {
  const { create } = shared;
  shared.create = (path, options) => create.call(DuckDBInstance, path, { threads, ...options });
  shared.sharing = true;
}
