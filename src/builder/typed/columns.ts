import type { AnyExpr } from "./base.ts";

/** Named columns. Not generic on purpose: see `AnyExpr`. */
export type Columns = Record<string, AnyExpr>;
