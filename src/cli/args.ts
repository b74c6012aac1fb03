/** Reads the flags of a command, with a hint for a mistyped one. */
import { parseArgs } from "node:util";
import { nearest } from "../core/nearest.ts";
import { COMMON_FLAGS, type Command, type Flag, type ParsedFlags } from "./command.ts";
import { UsageError } from "./errors.ts";

/** @throws UsageError `CLI002` for a flag that does not exist or lacks its value, `CLI003` for wrong arguments. */
export function readArguments(command: Command, argv: readonly string[]): ParsedFlags {
  const flags = { ...command.flags, ...COMMON_FLAGS };
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { type, short }]) => [name, { type, ...(short !== undefined && { short }) }]),
  );
  // Not strict: parseArgs' own messages know neither our flags nor the command's help.
  const { tokens } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: false, tokens: true });
  const texts = new Map<string, string[]>();
  const switches = new Set<string>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined;
    if (!flag) throw unknownFlag(command, token.rawName, Object.keys(flags));
    if (flag.type === "boolean") switches.add(withoutValue(command, token.rawName, token.value));
    else {
      const value = withValue(token.rawName, flag, token.value, token.inlineValue === true);
      texts.set(token.name, [...(texts.get(token.name) ?? []), value]);
    }
  }
  const given = {
    arguments: positionals,
    text: (flag: string) => texts.get(flag)?.at(-1),
    texts: (flag: string) => texts.get(flag) ?? [],
    on: (flag: string) => switches.has(`--${flag}`) || switches.has(`-${flags[flag]?.short}`),
  };
  if (!given.on("help")) checkArguments(command, positionals);
  return given;
}

/** A whole number of at least one. */
/** One of a few words. */
export function oneOf<Word extends string>(
  given: ParsedFlags,
  flag: string,
  words: readonly [Word, Word],
): Word | undefined {
  const text = given.text(flag);
  const word = words.find((one) => one === text);
  if (text === undefined || word !== undefined) return word;
  const message = `--${flag} accepts ${words.join(" or ")}, not "${text}"`;
  throw new UsageError({ code: "CLI002", message, help: `--${flag} ${words[0]}` });
}

export function positiveInteger(given: ParsedFlags, flag: string): number | undefined {
  const text = given.text(flag);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value > 0 && Number.isSafeInteger(value)) return value;
  const message = `--${flag} accepts a whole number above zero, not "${text}"`;
  throw new UsageError({ code: "CLI002", message, help: `--${flag} 10` });
}

function withoutValue(command: Command, rawName: string, value: string | undefined): string {
  if (value === undefined) return rawName;
  throw new UsageError({
    code: "CLI002",
    message: `${rawName} accepts no value, but was given "${value}"`,
    help: helpOf(command),
  });
}

function withValue(rawName: string, flag: Flag, value: string | undefined, inline: boolean): string {
  const isFlag = !inline && value?.startsWith("-") === true && !/^-\d*$/.test(value);
  if (value !== undefined && value !== "" && !isFlag) return value;
  throw new UsageError({
    code: "CLI002",
    message: `${rawName} needs a value`,
    help: `${rawName} ${flag.value ?? "VALUE"}: ${flag.help}`,
  });
}

/** What other tools call it. */
const KNOWN_AS: Readonly<Record<string, string>> = {
  select: "only",
  models: "only",
  table: "only",
  tables: "only",
  vars: "param",
  profile: "env",
  refresh: "full-refresh",
  rows: "limit",
  project: "config",
  output: "out",
  verbose: "debug",
};

function unknownFlag(command: Command, rawName: string, known: readonly string[]): UsageError {
  const name = rawName.replace(/^-+/, "");
  const near = nearest(name, known) ?? known.find((flag) => flag === KNOWN_AS[name]);
  return new UsageError({
    code: "CLI002",
    message: `medallion ${command.name} has no flag ${rawName}`,
    help: near ? `did you mean --${near}?` : helpOf(command),
  });
}

function checkArguments(command: Command, given: readonly string[]): void {
  const needed = command.arguments.filter((name) => !name.startsWith("["));
  const missing = needed[given.length];
  if (missing !== undefined) {
    throw new UsageError({
      code: "CLI003",
      message: `medallion ${command.name} needs ${missing}`,
      help: helpOf(command),
    });
  }
  const extra = given[command.arguments.length];
  if (extra === undefined) return;
  throw new UsageError({
    code: "CLI003",
    message: `medallion ${command.name} does not know what to do with "${extra}"`,
    help: helpForMore(command, given, extra),
  });
}

function helpForMore(command: Command, given: readonly string[], extra: string): string {
  if (command.flags["pipeline"] && /\.[cm]?[jt]s$/.test(extra)) return `the pipeline's module is --pipeline ${extra}`;
  return command.flags["only"] ? `for some tables alone: --only ${given.join(",")}` : helpOf(command);
}

const helpOf = (command: Command): string => `medallion ${command.name} --help shows how it is used`;
