/** What a command is: its words for `--help`, its flags, and what it does. */
import type { RunOptions } from "../engines/duckdb/index.ts";
import type { RunRequest } from "../engines/engine.ts";
import type { Io } from "./io.ts";

export interface Flag {
  readonly type: "boolean" | "string";
  readonly short?: string;
  /** How the value is called in help: `FILE`. */
  readonly value?: string;
  readonly help: string;
}

export type Flags = Readonly<Record<string, Flag>>;

type Kebab<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `-${Lowercase<First>}`}${Kebab<Rest>}`
  : Name;

/**
 * Flags that give options of an API: each has the name of its option in kebab case, and one that the config has in a part of
 * its own the name of that part before it.
 */
export type FlagsOf<Options, Part extends string = never> = {
  readonly [Name in keyof Options & string as Kebab<Name> | `${Part}-${Kebab<Name>}`]?: Flag;
};

/** Flags and arguments as they were given. */
export interface ParsedFlags {
  readonly arguments: readonly string[];
  /** The value that was given last. */
  text(flag: string): string | undefined;
  /** All values of a flag that may be given several times. */
  texts(flag: string): readonly string[];
  on(flag: string): boolean;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Names of the arguments: `TABLE`, or `[DIR]` for one that may be left out. */
  readonly arguments: readonly string[];
  readonly flags: Flags;
  /** Lines beneath the summary. */
  readonly about: readonly string[];
  /** Command lines, each with what it does. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  /** Does the work and gives the exit code. */
  run(given: ParsedFlags, io: Io): Promise<number>;
}

/** Flags of every command. */
export const COMMON_FLAGS: Flags = {
  json: { type: "boolean", help: "write one JSON document to stdout, and nothing else there" },
  debug: { type: "boolean", help: "show the stack of an unexpected error" },
  help: { type: "boolean", short: "h", help: "show this help" },
};

/** Flags of the commands that read a pipeline. */
export const PROJECT_FLAGS: Flags = {
  config: { type: "string", value: "FILE", help: "config file (default: medallion.config.ts)" },
  pipeline: {
    type: "string",
    value: "FILE",
    help: "module whose default export is the pipeline, instead of a config",
  },
  env: { type: "string", value: "NAME", help: "environment of the config" },
};

/** Flag of the commands that give the pipeline's parameters their values. */
export const PARAM_FLAG: Flags = {
  param: { type: "string", short: "p", value: "NAME=VALUE", help: "value of a parameter; may be given several times" },
};

/** Flags of the commands that know where the data is. */
export const DATA_FLAGS: Flags = {
  ...PARAM_FLAG,
  ...({
    "base-dir": {
      type: "string",
      value: "DIR",
      help: "folder that source paths are relative to (default: baseDir of the config, else the config's folder; the pipeline's folder with --pipeline alone)",
    },
  } satisfies FlagsOf<RunOptions>),
};

/** Flags of the commands that touch the warehouse. */
export const WAREHOUSE_FLAGS: Flags = {
  ...({
    warehouse: { type: "string", value: "PATH", help: "warehouse file, or :memory:" },
  } satisfies FlagsOf<RunOptions>),
  ...DATA_FLAGS,
};

/** Flags that choose what an update is for. */
export const UPDATE_FLAGS: Flags = {
  only: { type: "string", value: "A,B", help: "only these tables and what they read" },
  "full-refresh": { type: "boolean", help: "rebuild every table from the sources" },
} satisfies FlagsOf<RunRequest>;

/** Flag of the commands that may lose what cannot be read again. */
export const ACCEPT_FLAG: Flags = {
  "accept-loss": {
    type: "string",
    value: "TABLE",
    help: "go on without what a rebuild of the table loses; may be given several times, or all",
  },
} satisfies FlagsOf<RunOptions>;
