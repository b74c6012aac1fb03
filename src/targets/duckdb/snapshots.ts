/**
 * Snapshots as they were: the query that gives the last state is asked for a state before by reading the rows of its input
 * as they were up to a version.
 */
import type { RelationNode } from "../../ast/relation.ts";
import type { VersionBase } from "../../plan/snapshots.ts";
import type { PipelinePlan, QueryPlan } from "../../plan/table.ts";
import type { Dialect } from "../../sql/dialect.ts";
import { printQuery } from "../../sql/query.ts";
import { duckdb, duckdbIdentifier as id } from "./dialect.ts";
import { type From, reading } from "./reading.ts";
import { flagsOf } from "./rows.ts";
import { nameOf } from "./tables.ts";

/** Up to where the rows of the base are read. */
export interface UpTo {
  readonly base: VersionBase;
  /** SQL of the version. */
  readonly version: string;
}

/** The state of a version. */
export function asOf(input: RelationNode, upTo: UpTo, pipeline: PipelinePlan, dialect: Dialect = duckdb): string {
  return printQuery(input, reading(pipeline.tables, rowsUpTo(upTo, pipeline, dialect), dialect));
}

function rowsUpTo(upTo: UpTo, pipeline: PipelinePlan, dialect: Dialect): From {
  const { base, version } = upTo;
  const column = id(base.column);
  return (name) => {
    const plan = pipeline.plans.get(name);
    if (!plan) return id(name);
    const target = nameOf(plan.table);
    if (name === base.table) return `(SELECT * FROM ${target} WHERE ${column} <= ${version} OR ${column} IS NULL)`;
    const isView = plan.mode === "recompute" && dependsOn(name, base.table, pipeline);
    return isView ? `(${viewUpTo(plan, upTo, pipeline, dialect)})` : target;
  };
}

/** The rows of a materialized view over other inputs. */
function viewUpTo({ table, rules }: QueryPlan, upTo: UpTo, pipeline: PipelinePlan, dialect: Dialect): string {
  const held = flagsOf(rules, dialect).flatMap((flag) => (flag.rule.action === "warn" ? [] : [flag.sql]));
  const sql = asOf(table.query, upTo, pipeline, dialect);
  return held.length > 0 ? `SELECT * FROM (\n${sql}\n) WHERE ${held.join(" AND ")}` : sql;
}

function dependsOn(name: string, base: string, pipeline: PipelinePlan): boolean {
  const inputs = pipeline.plans.get(name)?.inputs ?? [];
  return inputs.some((input) => input === base || dependsOn(input, base, pipeline));
}
