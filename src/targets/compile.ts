/** `compile()`: a pipeline as the files of a target. */

import { analyze } from "../analyze/analyze.ts";
import { paramUses } from "../ast/params.ts";
import { givenPipeline } from "../builder/pipeline/given.ts";
import type { AnyPipeline } from "../builder/typed/pipeline.ts";
import { refuseMore } from "../core/arity.ts";
import { describe } from "../core/describe.ts";
import { CompileError } from "../core/errors.ts";
import { checkOptionNames, type OptionNames } from "../core/given.ts";
import { callerLocation } from "../core/location.ts";
import { attempt } from "../core/refusals.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { refusal } from "../diagnostics/mistake.ts";
import { misfitParam } from "../lower/params.ts";
import { checkDestination } from "./destination.ts";
import { givenTarget } from "./given.ts";
import { namedTargets } from "./named.ts";
import { targetDiagnostics } from "./notes.ts";
import type { CompiledFile, TargetDefinition, TargetOptions } from "./target.ts";
import type { Target } from "./targets.ts";

/** What `compile()` writes, and where its tables go. */
export interface CompileOptions extends TargetOptions {
  /** The name of a built-in target, or a target of one's own. */
  readonly target: Target | TargetDefinition;
}

/** The files of a target, and what a reader should know of them. */
export interface Compiled {
  readonly files: readonly CompiledFile[];
  /** What becomes of settings that the target does not have as they are: emulated (`info`) or left out (`warning`). */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The SQL of a pipeline: one file per table, in the order in which they depend on each other. The same pipeline gives
 * the same files, byte for byte.
 *
 * A pipeline with errors is not compiled: what `analyze()` reports as an error is thrown.
 *
 * Node loads the target of a name. A program that is bundled, as for a browser, imports `medallion/targets` once.
 *
 * @throws MedallionError the code of the first error, such as `PII001`; `TARGET001` where the target cannot mean the same
 * as Spark, `TARGET002` for an unknown target, `TARGET009` where the targets are not loaded, `TARGET005` where the target
 * cannot do what a table asks for, `PARAM002` for a parameter without a value (`spark`, `duckdb`).
 * @example
 * ```ts
 * import { compile, pipeline, source, t } from "medallion";
 * const p = pipeline("demo").bronze({ raw: source.json("raw/*.json", { id: t.bigint() }) });
 * for (const file of compile(p, { target: "databricks" }).files) console.log(file.path, file.contents);
 * ```
 */
export function compile(pipeline: AnyPipeline, options: CompileOptions): Compiled {
  refuseMore("compile", 2, arguments);
  const { files, diagnostics, refusals } = compileAll(pipeline, options);
  const [first, ...others] = refusals;
  if (!first) return { files, diagnostics };
  const more = others.map(
    ({ code, message, location }) => `\n- ${code}: ${message}${location ? ` (${location})` : ""}`,
  );
  throw new CompileError({
    ...first,
    message: others.length === 0 ? first.message : `${first.message}\nand ${others.length} more:${more.join("")}`,
  });
}

/** All options there are: what is not among them would be ignored. */
const OPTIONS: OptionNames<TargetOptions> = {
  catalog: true,
  schemas: true,
  layout: true,
  autoCdc: true,
  baseDir: true,
  storage: true,
  params: true,
};

/** What `compile()` gives, or everything that it refuses. */
interface Attempted extends Compiled {
  /** Errors: `files` are of no use where there are any. */
  readonly refusals: readonly Diagnostic[];
}

/** As `compile()`, with all refusals instead of the first. Nothing is written either way. */
export function compileAll(pipeline: AnyPipeline, options: CompileOptions): Attempted {
  const node = givenPipeline(pipeline, "compile()");
  const names = { required: ["target"], optional: Object.keys(OPTIONS) };
  checkOptionNames(options, "compile()", names, callerLocation());
  checkDestination(options, callerLocation());
  const misfit = misfitParam(paramUses(node.tables), options.params ?? {});
  if (misfit) throw refusal(misfit);
  const target = targetOf(options.target);
  const wrong = analyze(pipeline).filter((d) => d.severity === "error");
  // What is printed of a wrong pipeline tells nothing more.
  if (wrong.length > 0) return { files: [], diagnostics: [], refusals: wrong };
  const diagnostics = targetDiagnostics(node, target, options);
  const refused = diagnostics.filter((d) => d.severity === "error");
  const { result: files = [], refusals } = attempt(() => target.files(node, options));
  return { files, diagnostics, refusals: [...refused, ...refusals.map(asDiagnostic)] };
}

/** A refusal as a diagnostic. */
export function asDiagnostic(error: CompileError): Diagnostic {
  const { code, message, help, location, table, column } = error;
  return {
    code,
    severity: "error",
    message,
    ...(help !== undefined && { help }),
    ...(location !== undefined && { location }),
    ...(table !== undefined && { table }),
    ...(column !== undefined && { column }),
  };
}

function targetOf(given: CompileOptions["target"]): TargetDefinition {
  if (typeof given === "object" && typeof given?.files === "function") return givenTarget(given, callerLocation());
  const named = namedTargets();
  if (typeof given === "string" && Object.hasOwn(named, given)) return named[given] as TargetDefinition;
  throw refusal({
    code: "TARGET002",
    message: `there is no target ${describe(given)}`,
    help: `the targets are ${Object.keys(named).join(", ")}`,
    location: callerLocation(),
  });
}
