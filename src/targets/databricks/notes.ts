/** What a person should know of a table on Databricks that no setting tells by itself. */

import { relationSteps, tableInputs, tableSteps } from "../../ast/inputs.ts";
import { startsAt } from "../../ast/params.ts";
import { fullName, type PipelineNode, type TableNode, type TablesByName } from "../../ast/pipeline.ts";
import { isFileSource, isFilterJoin, type RelationNode, type TableKind } from "../../ast/relation.ts";
import { allExprs } from "../../ast/scopes.ts";
import type { OwnDiagnostic } from "../../diagnostics/catalogue.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { isIncremental } from "../../settings/refresh-policy.ts";
import type { TargetOptions } from "../target.ts";
import { holdsRulesApart } from "./expectations.ts";

type Kinds = ReadonlyMap<string, TableKind>;
type Note = OwnDiagnostic & { readonly table?: never };

/** The notes of a table. */
export function databricksNotes(
  { tables }: PipelineNode,
  kinds: Kinds,
  { baseDir }: TargetOptions,
): (table: TableNode) => readonly Diagnostic[] {
  const byName = new Map(tables.map((table) => [table.name, table]));
  return (table) =>
    [
      ...(baseDir === undefined ? relativePaths(table) : pathsOfParameters(table)),
      ...bracketPaths(table),
      ...unpublishedKeys(table, byName),
      ...recomputed(table, kinds, byName),
    ].map(({ message, location = table.at, ...note }) => ({
      ...note,
      message: `${fullName(table)}: ${message}`,
      ...(location !== undefined && { location }),
      table: table.name,
    }));
}

/** TARGET008: a workspace has no folder that a relative path could start from. */
function relativePaths(table: TableNode): readonly Note[] {
  return filesOf(table)
    .filter(({ path }) => startsAt(path) === "relative")
    .map(({ path, at }) => ({
      code: "TARGET008",
      severity: "warning",
      message: `Databricks cannot read the relative path ${JSON.stringify(path)}`,
      help: 'give the folder that it starts from, as baseDir: "/Volumes/…" of databricks in the config, --base-dir /Volumes/… or an absolute path',
      ...(at !== undefined && { location: at }),
    }));
}

/** TARGET008: whether a parameter's value is absolute is known when it runs, where SQL puts nothing before it. */
function pathsOfParameters(table: TableNode): readonly Note[] {
  return filesOf(table)
    .filter(({ path }) => startsAt(path) === "parameter")
    .map(({ path, at }) => ({
      code: "TARGET008",
      severity: "warning",
      message: `Databricks does not put baseDir before ${JSON.stringify(path)}, which starts with a parameter`,
      help: "give the parameter an absolute path, or let the path begin with a folder",
      ...(at !== undefined && { location: at }),
    }));
}

/** TARGET008: a bracket is part of a name for us, and begins a set of characters for Databricks. */
function bracketPaths(table: TableNode): readonly Note[] {
  return filesOf(table)
    .filter(({ path }) => /[[\]]/.test(path))
    .map(({ path, at }) => ({
      code: "TARGET008",
      severity: "warning",
      message: `Databricks may not find the brackets of the path ${JSON.stringify(path)}: they are escaped, which it does not document`,
      help: "see whether it reads the files, or give them names without brackets",
      ...(at !== undefined && { location: at }),
    }));
}

const filesOf = (table: TableNode) => tableSteps(table).filter(isFileSource);

/** TARGET004: a foreign key to a table that the catalog does not have is left out. */
function unpublishedKeys(table: TableNode, tables: TablesByName): readonly Note[] {
  return table.settings.references.flatMap(({ table: name, columns, at }): readonly Note[] => {
    const { temporary, private: hidden } = tables.get(name)?.settings ?? {};
    if (!temporary && !hidden) return [];
    return [
      {
        code: "TARGET004",
        severity: "warning",
        message: `references() of ${columns.join(", ")} is left out: "${name}" is not published`,
        help: `leave out ${temporary ? "temporary()" : "private()"} there, or references() here`,
        clause: "references()",
        ...(at !== undefined && { location: at }),
      },
    ];
  });
}

/**
 * REFRESH002: what makes Databricks compute a materialized view again as a whole, where its refresh policy asks for
 * what is new only. `incremental strict` would fail in the workspace.
 */
function recomputed(table: TableNode, kinds: Kinds, tables: TablesByName): readonly Note[] {
  const policy = table.settings.refreshPolicy;
  if (!isIncremental(policy) || table.kind !== "query" || kinds.get(table.name) === "streaming") return [];
  const note = (severity: "error" | "warning", [why, help]: Reason): Note => ({
    code: "REFRESH002",
    severity,
    message: `refreshPolicy("${policy}") cannot be kept: ${why}`,
    help,
    clause: "refreshPolicy()",
  });
  const refuses = policy === "incremental" ? "warning" : "error";
  const governed = tableInputs(table).filter((name) => {
    const { rowFilter, masks } = tables.get(name)?.settings ?? {};
    return rowFilter !== undefined || (masks?.length ?? 0) > 0;
  });
  return [
    ...[...whyRecomputed(table, table.query)].map((reason) => note(refuses, reason)),
    ...governed.map((name) =>
      note("warning", [`it reads ${name}, with a row filter or masks`, "put them on the tables that people read"]),
    ),
  ];
}

type Reason = readonly [why: string, help: string];

function* whyRecomputed(table: TableNode, query: RelationNode): Generator<Reason> {
  if (table.settings.expectations.length > 0 && !holdsRulesApart(table)) {
    yield [
      "a materialized view whose expectations drop rows or fail is computed as a whole in every update",
      "put them on a table that it reads, filter with where(), or use expect()",
    ];
  }
  const steps = relationSteps(query);
  if (steps.some(isFilterJoin)) {
    yield ["semiJoin() and antiJoin() are subqueries", "join with a deduplicated table, or leave the policy out"];
  }
  if (steps.some((step) => step.kind === "limit")) {
    yield ["orderBy().limit() looks at all rows", "use dedupe() or a window over a partition"];
  }
  const exprs = allExprs(table);
  if (exprs.some((e) => e.kind === "aggregate" && e.fn === "countDistinct")) {
    yield ["it counts distinct values", "group by them in a table before, and count the rows of that"];
  }
  if (exprs.some((e) => e.kind === "window" && e.partitionBy.length === 0)) {
    yield ["it has a window over all rows", "give the window a partitionBy"];
  }
}
