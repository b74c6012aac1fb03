/** What is said of the two sides of a union: they have the same columns. */
import type { Problem } from "../core/problem.ts";
import type { Said } from "../diagnostics/sentences.ts";
import type { NoId } from "./ids.ts";

/** Says nothing of a side that an error was reported of. */
export type SameShape<S, S2> = string extends keyof S | keyof S2
  ? unknown
  : [keyof S2] extends [keyof S]
    ? [keyof S] extends [keyof S2]
      ? SameTypes<OtherTypes<S, S2>>
      : Problem<Said<"UNION001:lacks", { column: Exclude<keyof S, keyof S2> & string }>>
    : Problem<Said<"UNION001:extra", { column: Exclude<keyof S2, keyof S> & string }>>;

/** Names of the columns whose type or unit is another on the other side. */
type OtherTypes<S, S2> = {
  [K in keyof S]: K extends keyof S2 ? ([S2[K]] extends [Like<S[K]>] ? never : K) : K;
}[keyof S];
type Like<E> = E extends { readonly " ~fields": infer F }
  ? { readonly " ~fields": { readonly [K in keyof F]: Like<F[K]> } }
  : E extends { readonly " ~element": infer I }
    ? { readonly " ~element": Like<I> }
    : LikeScalar<E>;
type LikeScalar<E> = E extends { readonly " ~type": infer T; readonly " ~unit": infer U }
  ? { readonly " ~type": T; readonly " ~unit": U }
  : E extends { readonly " ~type": infer T }
    ? NoId & { readonly " ~type": T }
    : never;
type SameTypes<K> = [K] extends [never] ? unknown : Problem<Said<"UNION001:unlike", { column: K & string }>>;
