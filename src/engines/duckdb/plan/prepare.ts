/** What `run()` and `plan()` do alike: check what is asked, and plan the update. */

import path from "node:path";
import { analyze } from "../../../analyze/analyze.ts";
import type { PipelineNode } from "../../../ast/pipeline.ts";
import { givenPipeline } from "../../../builder/pipeline/given.ts";
import type { AnyPipeline } from "../../../builder/typed/pipeline.ts";
import type { Place } from "../../../core/location.ts";
import { failure } from "../../../diagnostics/mistake.ts";
import { type LoweredPipeline, lowerPipeline } from "../../../lower/table.ts";
import { wantedTables } from "../../tables.ts";
import type { GivenRows } from "../inputs/inputs.ts";
import { bindParams, type Params } from "../params.ts";
import { checkRunOptions, type PlanOptions } from "../run-options.ts";
import { refuseForeignTables } from "../state/ownership.ts";
import { readTables } from "../state/state.ts";
import { type Catalog, readCatalog } from "../warehouse/catalog.ts";
import type { Session } from "../warehouse/session.ts";
import { checkAccepted, type Planned, planUpdate } from "./plan.ts";
import { renameTables } from "./renames.ts";

/** An update that was asked for, checked as far as that needs no warehouse. */
export interface Asked {
  readonly pipeline: PipelineNode;
  /** Names of the tables that the update is for. */
  readonly wanted: ReadonlySet<string>;
  readonly options: PlanOptions;
}

/** @throws MedallionError `RUN001` where the pipeline has errors, `ARG001` where an option is wrong. */
export function askedOf(given: AnyPipeline, options: PlanOptions, what: "run()" | "plan()", at: Place): Asked {
  const pipeline = givenPipeline(given, what);
  checkRunOptions(options, what, at);
  refuseErrors(given);
  const wanted = wantedTables(pipeline.tables, options.only);
  checkAccepted(options.acceptLoss ?? [], pipeline.tables);
  return { pipeline, wanted, options };
}

function refuseErrors(pipeline: AnyPipeline): void {
  const errors = analyze(pipeline).filter((d) => d.severity === "error");
  const [first] = errors;
  if (!first) return;
  throw failure({
    ...first,
    code: "RUN001",
    message: `the pipeline has ${errors.length === 1 ? "an error" : `${errors.length} errors`}: ${first.code}: ${first.message}`,
    help: first.help ?? "medallion check lists them",
  });
}

/** An update that is planned, with what its tables are run with. */
interface Prepared {
  readonly plan: LoweredPipeline;
  readonly params: Params;
  /** Absolute. */
  readonly baseDir: string;
  readonly rows: GivenRows;
  readonly startedAt: Date;
  readonly planned: Planned;
}

interface Preparation {
  readonly session: Session;
  /** What stands in the warehouse. */
  readonly catalog: Catalog;
  /** Rows that are given instead of files. */
  readonly rows: GivenRows;
  /** Also lists the files of tables that nothing has changed in. */
  readonly thorough: boolean;
  /** Runs what changes the warehouse, all of it or nothing. */
  readonly atomically: <T>(work: () => Promise<T>) => Promise<T>;
}

export async function prepareUpdate({ pipeline, wanted, options }: Asked, how: Preparation): Promise<Prepared> {
  const { session, catalog, rows, thorough, atomically } = how;
  const params = await bindParams({ tables: pipeline.tables, wanted }, options.params ?? {}, session);
  const known = await readTables(session);
  const ours = pipeline.tables.filter((table) => wanted.has(table.name));
  refuseForeignTables(catalog, pipeline.name, ours, known);
  const plan = lowerPipeline(pipeline);
  const renames = await atomically(() => renameTables(session, { pipeline, plan, known, wanted }));
  const shared = { plan, params, baseDir: path.resolve(options.baseDir ?? "."), rows, startedAt: new Date() };
  const planned = await planUpdate({
    ...shared,
    pipeline,
    session,
    catalog: renames.length > 0 ? await readCatalog(session) : catalog,
    known: renames.length > 0 ? await readTables(session) : known,
    renames,
    fullRefresh: options.fullRefresh === true,
    acceptLoss: options.acceptLoss ?? [],
    wanted,
    thorough,
  });
  return { ...shared, planned };
}
