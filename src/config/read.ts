/** Reads a config: checked as a whole, so that a mistyped key is not ignored in silence. */

import { z } from "zod";
import { describe, isRecord } from "../core/describe.ts";
import { MedallionError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import type { Coded } from "../diagnostics/mistake.ts";
import type { Engine } from "../engines/engine.ts";
import { isBuiltIn } from "../engines/index.ts";
import { isTarget, TARGET_NAMES, type Target } from "../targets/targets.ts";
import { databricksShape } from "./databricks.ts";
import type { MedallionConfig } from "./define.ts";
import { duckdbShape } from "./duckdb.ts";
import { settingPlace } from "./place.ts";
import { sparkShape } from "./spark.ts";
import { named } from "./texts.ts";

/** The config is wrong. */
class ConfigError extends MedallionError {
  override readonly name = "ConfigError";

  constructor(details: Coded) {
    super(details);
  }
}

const engine = z
  .custom<Engine>(isEngine, "expected an engine: { name, run(pipeline, request) }")
  .refine(({ name }) => !isBuiltIn(name), { error: "its name is that of a built-in engine" });

function isEngine(value: unknown): value is Engine {
  if (typeof value !== "object" || value === null || !("name" in value) || !("run" in value)) return false;
  return typeof value.name === "string" && value.name !== "" && typeof value.run === "function";
}

const environment = {
  baseDir: z.string().min(1).optional(),
  warehouse: z.string().min(1).optional(),
  params: named(
    z.union([z.string(), z.number(), z.boolean(), z.bigint(), z.date()], {
      error: "expected a text, a number, true or false, or a Date",
    }),
  ).optional(),
  target: z
    .custom<Target>((v) => typeof v === "string" && isTarget(v), `expected one of ${TARGET_NAMES.join(", ")}`)
    .optional(),
  out: z.string().min(1).optional(),
  databricks: databricksShape.optional(),
  duckdb: duckdbShape.optional(),
  spark: sparkShape.optional(),
};
const shape = z.strictObject({
  pipeline: z.string().min(1),
  ...environment,
  engines: z.array(engine).optional(),
  environments: named(z.strictObject(environment)).optional(),
});

/** The keys that an object of the config may have, by where it is. */
function keysAt(path: readonly PropertyKey[]): readonly string[] {
  if (path.at(-1) === "databricks") return Object.keys(databricksShape.shape);
  if (path.at(-1) === "duckdb") return Object.keys(duckdbShape.shape);
  if (path.at(-1) === "spark") return Object.keys(sparkShape.shape);
  return path[0] === "environments" && path.length === 2 ? Object.keys(environment) : Object.keys(shape.shape);
}

/**
 * The config that a file, which is `shown` by another name, exports.
 *
 * @throws ConfigError `CFG002` where the value is not a config.
 */
export function readConfig(value: unknown, file: string, shown: string): MedallionConfig {
  const read = shape.safeParse(value);
  if (read.success) return read.data as MedallionConfig;
  // A key that is misspelt is missing under its name as well.
  const { issues } = read.error;
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const path = issue?.path ?? [];
  const known = keysAt(path);
  const location = settingPlace(file, unknown === undefined ? path : [...path, unknown]);
  const near = unknown === undefined ? undefined : nearest(unknown, known);
  throw new ConfigError({
    code: "CFG002",
    message: `${shown} is not a config: ${issue ? worded(issue, value) : "wrong shape"}`,
    ...helpOf(issue, unknown, near, known),
    ...(location !== undefined && { location }),
  });
}

/** What to do: a setting of another kind is told what it accepts by the message. */
function helpOf(
  issue: z.core.$ZodIssue | undefined,
  unknown: string | undefined,
  near: string | undefined,
  known: readonly string[],
): { readonly help: string } {
  if (near !== undefined) return { help: `did you mean ${near}?` };
  if (unknown !== undefined) return { help: `its settings are: ${known.join(", ")}` };
  const [first] = issue?.path ?? [];
  return { help: first === undefined || first === "pipeline" ? HELP : CHECKED };
}

const HELP =
  'export default defineConfig({ pipeline: "./src/pipeline.ts" }), with defineConfig from "medallion/config"';
const CHECKED = 'defineConfig of "medallion/config" has tsc find it';
const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  record: "an object",
  object: "an object",
  array: "a list",
  int: "a whole number",
  boolean: "true or false",
};

/** What is wrong, worded by us where Zod's words are about its own types. */
function worded(issue: z.core.$ZodIssue, config: unknown): string {
  const path = issue.path.map(String);
  const at = path.join(".");
  if (issue.code === "unrecognized_keys") return `there is no setting ${[...path, issue.keys[0]].join(".")}`;
  const given = issue.path.reduce<unknown>(
    (part, key) => (isRecord(part) || Array.isArray(part) ? Reflect.get(part, key) : undefined),
    config,
  );
  if (issue.code === "invalid_type" && given === undefined) {
    return at === "" ? "it has no default export" : `${at} is missing`;
  }
  const wanted = wantedBy(issue);
  if (wanted !== undefined) return `${at === "" ? "it" : at} must be ${wanted}, not ${describe(given)}`;
  // The others have words of our own.
  return at === "" ? issue.message : `${at}: ${issue.message}`;
}

/** What a setting has to be, where only Zod says that it is not. */
function wantedBy(issue: z.core.$ZodIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return KINDS[issue.expected] ?? `a ${issue.expected}`;
    case "too_small":
      if (issue.origin === "string") return "a text that is not empty";
      return issue.origin === "array" ? "a list that is not empty" : `at least ${issue.minimum}`;
    case "too_big":
      return `at most ${issue.maximum}`;
    case "invalid_value":
      return `one of ${issue.values.map((value) => describe(value)).join(", ")}`;
    case "invalid_key":
      return "without an empty name";
    default:
      return undefined;
  }
}
