/** The files that a table reads. */
import type { QueryTableNode } from "../../ast/pipeline.ts";
import { isFileSource, type SourceNode } from "../../ast/relation.ts";

/** The file sources of a table: its own and those of its flows. `undefined` where it reads something else. */
export function fileSources(table: QueryTableNode): readonly (SourceNode & { readonly once: boolean })[] | undefined {
  const queries = [{ query: table.query, once: false }, ...table.settings.flows];
  const sources = queries.flatMap(({ query, once }) => (isFileSource(query) ? [{ ...query, once }] : []));
  return sources.length === queries.length ? sources : undefined;
}
