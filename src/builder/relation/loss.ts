/** Settings belong to a table. Where a relation is only read, they would say nothing of any table: that is refused. */

import { EXPECTATION_METHODS, type TableSettings } from "../../ast/settings.ts";
import { DefinitionError } from "../../core/errors.ts";
import { SENTENCES } from "../../diagnostics/sentences.ts";
import type { Place } from "../expr/build.ts";

type Setting = keyof TableSettings;

const many = (method: string, names: readonly string[]): readonly string[] =>
  names.map((name) => `${method} "${name}"`);
const one = (method: string, given: unknown): readonly string[] => (given ? [method] : []);
const some = (method: string, given: object): readonly string[] => (Object.keys(given).length > 0 ? [method] : []);

/** How each setting was given, as the builder writes it; nothing where it was not. */
const GIVEN: { readonly [S in Setting]-?: (settings: TableSettings) => readonly string[] } = {
  key: (s) => one("key()", s.key),
  references: (s) => s.references.map((r) => `references() of "${r.table}"`),
  expectations: (s) => s.expectations.flatMap((e) => many(EXPECTATION_METHODS[e.action], [e.name])),
  comment: (s) => one("comment()", s.comment !== undefined),
  owner: (s) => one("owner()", s.owner !== undefined),
  tags: (s) => some("tags()", s.tags),
  clusterBy: (s) => one("clusterBy()", s.clusterBy.length > 0),
  partitionBy: (s) => some("partitionBy()", s.partitionBy),
  properties: (s) => some("properties()", s.properties),
  private: (s) => one("private()", s.private),
  temporary: (s) => one("temporary()", s.temporary),
  flows: (s) => s.flows.flatMap((f) => many(f.once ? "backfill" : "appendFlow", [f.name])),
  masks: (s) =>
    many(
      "mask",
      s.masks.map((m) => m.column),
    ),
  rowFilter: (s) => one("rowFilter()", s.rowFilter),
  refreshPolicy: (s) => one("refreshPolicy()", s.refreshPolicy),
  kind: (s) => one(s.kind === "streaming" ? "streaming()" : "materialized()", s.kind),
  extensions: (s) => many("extension", Object.keys(s.extensions)),
};

/**
 * Refuses the settings that nothing would keep. A key is no such: it says what a lookup matches.
 *
 * @throws DefinitionError `SET001`.
 */
export function refuseLoss(
  settings: TableSettings,
  what: string,
  { help, at, kept = [] }: { readonly help: string; readonly at: Place; readonly kept?: readonly Setting[] },
): void {
  const names = (Object.keys(GIVEN) as readonly Setting[]).filter((name) => name !== "key" && !kept.includes(name));
  const lost = names.flatMap((name) => GIVEN[name](settings));
  if (lost.length === 0) return;
  const message = `${what} would lose what was set for a table: ${lost.join(", ")}`;
  throw new DefinitionError({ code: "SET001", message, help, location: at });
}

/** The way out where a relation is read by another. */
export const OWN_TABLE = SENTENCES["SET001:read"].help;
