/** The targets of a project: what it is compiled for, and what of it they refuse. */
import { pathToFileURL } from "node:url";
import type { DuckDBConfig } from "../../config/define.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { asDiagnostic, type CompileOptions, compileAll } from "../../targets/compile.ts";
import { embeddedRefusals } from "../../targets/duckdb/refusals.ts";
import type { TargetOptions } from "../../targets/target.ts";
import { isTarget, TARGET_NAMES, TARGETS, type Target } from "../../targets/targets.ts";
import type { Project } from "./load.ts";

/** How `medallion compile` compiles the project for a target. */
export function optionsFor(project: Project, target: Target): CompileOptions {
  const { baseDir, baseDirFlag, params } = project;
  const section: TargetOptions & DuckDBConfig = project[target] ?? {};
  const facts = { section, params, baseUrl: pathToFileURL(baseDir).href, baseDirFlag };
  return { ...TARGETS[target].configured(facts), target };
}

const EMBEDDED = "the embedded engine";
const asWarning = (refusal: Diagnostic): Diagnostic => ({ ...refusal, severity: "warning" });

/** The targets that are not engines of this machine: a project that names no target may go there some day. */
const ELSEWHERE = TARGET_NAMES.filter(isTarget).filter((target) => target !== "duckdb");

/**
 * What the targets of the config refuse, and the embedded engine. It is a warning of the embedded engine where the
 * project goes elsewhere, and of the other targets where the config names none. Each refusal once, with all that refuse it.
 */
export function refusalsOf(project: Project): readonly Diagnostic[] {
  const { pipeline, targets } = project;
  const isOpen = targets.length === 0;
  const of = (target: Target) => compileAll(pipeline, optionsFor(project, target)).refusals;
  const embedded = embeddedRefusals(pipeline.toNode()).map(asDiagnostic);
  const all = [
    ...targets.map((target) => ({ by: TARGETS[target].definition.title, refused: of(target) })),
    { by: EMBEDDED, refused: isOpen || targets.includes("duckdb") ? embedded : embedded.map(asWarning) },
    ...(isOpen ? ELSEWHERE : []).map((target) => ({
      by: TARGETS[target].definition.title,
      refused: of(target).map(asWarning),
    })),
  ];
  const found = new Map<string, { readonly by: string[]; readonly diagnostic: Diagnostic }>();
  for (const { by, refused } of all) {
    for (const diagnostic of refused) {
      // A value may be given when it compiles.
      if (diagnostic.code === "PARAM002") continue;
      const key = JSON.stringify([diagnostic.code, diagnostic.message, diagnostic.location]);
      const known = found.get(key);
      if (known) known.by.push(by);
      else found.set(key, { by: [by], diagnostic });
    }
  }
  return [...found.values()].map(({ by, diagnostic }) => ({
    ...diagnostic,
    message: `${diagnostic.message} (${by.join(", ")})`,
  }));
}
