import type { Problem } from "../core/problem.ts";
import type { Said } from "../diagnostics/sentences.ts";
import type { AnyExpr, TypeDeclaredWithT } from "./base.ts";
import type { InError } from "./in-error.ts";
import type { Refused } from "./refused.ts";

/** Named columns. Not generic on purpose: see `AnyExpr`. */
export type Columns = Record<string, AnyExpr>;

/** What a source declares: its columns are checked one by one. */
export type Declarations = Record<string, unknown>;

/** Says of each column that is declared by something else what it needs. */
export type Declared<C> = string extends keyof C
  ? unknown
  : C extends Record<string, TypeDeclaredWithT>
    ? object extends C
      ? Problem<Said<"COL002:none">>
      : unknown
    : {
        readonly [K in keyof C]: C[K] extends TypeDeclaredWithT
          ? unknown
          : C[K] extends Refused<string>
            ? never
            : Problem<Said<"COL002:type", { column: K & string }>>;
      };

/** The expression of a declared column. */
export type DeclaredExpr<C> = C extends { readonly " ~expr": infer E } ? E : InError;
