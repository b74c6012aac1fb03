/** The options of `run()` and `plan()`: what they are, and what is refused of a caller without types. */
import type { AnyPipeline } from "../../builder/typed/pipeline.ts";
import { describe, isRecord } from "../../core/describe.ts";
import { checkOptions, type OptionNames } from "../../core/given.ts";
import type { Place } from "../../core/location.ts";
import { checkText } from "../../core/text.ts";
import { misused } from "../../diagnostics/mistake.ts";
import { REQUEST, type RunRequest } from "../engine.ts";
import type { InputsOf } from "./inputs/row.ts";
import type { Resources } from "./warehouse/resources.ts";

/** How one update is run. */
export interface RunOptions<P = AnyPipeline> extends RunRequest, Resources {
  /**
   * Rows of bronze tables instead of their files, as a test gives them: `{ orders_raw: [{ id: 1n, amount: "12.50" }] }`.
   * They are one delivery of this update: what earlier updates read stays, unless the source has `onChange: "replace"`.
   * Rows cannot be read again, so a rebuild that would lose them is refused without `acceptLoss`.
   */
  readonly inputs?: InputsOf<P>;
  /** Path of the warehouse file; `":memory:"` (the default) keeps nothing. */
  readonly warehouse?: string;
  /** Tables (`"silver.stock"`) that may lose what cannot be read or made again, or `true` for all: without it that is refused. */
  readonly acceptLoss?: true | readonly string[];
  /** What a source path means that matches no file: `"warn"` (the default, `SRC004`), or its table fails. */
  readonly missingFiles?: "warn" | "fail";
  /**
   * For how many days `_medallion.event_log` keeps the events of an update; 0: those of the last one. Default: all of them,
   * for ever.
   */
  readonly eventLogRetentionDays?: number;
  /** Stops the update before its next table: tables that are running complete, the others are excluded. */
  readonly signal?: AbortSignal;
}

/** What is planned: the options of the update. */
export type PlanOptions = Omit<RunOptions, "onEvent" | "signal" | "inputs">;

const OPTIONS: OptionNames<RunOptions> = {
  ...REQUEST,
  inputs: true,
  warehouse: true,
  acceptLoss: true,
  missingFiles: true,
  eventLogRetentionDays: true,
  memoryLimit: true,
  threads: true,
  tempDirectory: true,
};

/** `plan()` has the names that are left: a plan reads no rows of its own, tells nothing and is not stopped. */
const { onEvent: _onEvent, signal: _signal, inputs: _inputs, ...PLANNED } = OPTIONS;

type Kind = readonly [accepts: (value: unknown) => boolean, help: string];

const text = (value: unknown): boolean => typeof value === "string";

/** The others are checked where they are used. */
const KINDS = {
  acceptLoss: [
    (value) => value === true || Array.isArray(value),
    'name the tables in a list, acceptLoss: ["silver.stock"], or accept it for all: true',
  ],
  baseDir: [text, "give the path of a folder"],
  fullRefresh: [(value) => typeof value === "boolean", "give true or false"],
  missingFiles: [(value) => value === "warn" || value === "fail", 'give "warn" or "fail"'],
  onEvent: [(value) => typeof value === "function", "give a function: (event) => …"],
  params: [isRecord, 'give values by name: params: { region: "EU" }'],
  signal: [(value) => value instanceof AbortSignal, "give the signal of an AbortController"],
  tempDirectory: [text, "give the path of a folder"],
  warehouse: [text, 'give the path of a file, or ":memory:"'],
} as const satisfies Readonly<Partial<Record<keyof RunOptions, Kind>>>;

/** No folder has such a name. The warehouse is checked where it is opened. */
const FOLDERS = ["baseDir", "tempDirectory"] as const satisfies readonly (keyof RunOptions)[];

/** @throws DefinitionError `ARG001` where an option is not known, or of another kind, `TEXT001` for a folder of no name. */
export function checkRunOptions(options: object, what: "run()" | "plan()", at: Place): void {
  checkOptions(options, what, what === "run()" ? OPTIONS : PLANNED, at);
  const given: Readonly<Record<string, unknown>> = { ...options };
  for (const [name, [accepts, help]] of Object.entries<Kind>(KINDS)) {
    const value = given[name];
    if (value === undefined || accepts(value)) continue;
    const message = `${name} of ${what} cannot be ${describe(value)}`;
    throw misused(at, message, help);
  }
  for (const name of FOLDERS) if (given[name] !== undefined) checkText(`the option ${name}`, given[name], at);
}
