/** `main()`: from a command line to an exit code. */
import { refuseMore } from "../core/arity.ts";
import { nearest } from "../core/nearest.ts";
import { firstLine, messageOf } from "../core/thrown.ts";
import { readArguments } from "./args.ts";
import type { Command } from "./command.ts";
import { COMMANDS } from "./commands/index.ts";
import { EXIT, errorDetails, UsageError } from "./errors.ts";
import { commandHelp, generalHelp } from "./help.ts";
import { type Io, paintOf, widthOf, writeJson, writeLines } from "./io.ts";
import { problemLines } from "./output/problem.ts";
import { packageInfo } from "./package-info.ts";

const allCommands = (): Promise<readonly Command[]> => Promise.all(Object.values(COMMANDS).map((load) => load()));

/**
 * Runs a command line (`["run", "--json"]`) and gives its exit code: 0 done, 1 problems or failed, 2 wrong use. It
 * never throws.
 *
 * @example
 * ```ts
 * import { main } from "medallion/cli";
 *
 * export async function check(): Promise<boolean> {
 *   const { stdout, stderr, env } = process;
 *   return (await main(["check"], { stdout, stderr, env, cwd: process.cwd() })) === 0;
 * }
 * ```
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  refuseMore("main", 2, arguments);
  try {
    return await dispatch(argv, io);
  } catch (error) {
    return report(error, argv, io);
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  const paint = paintOf(io.stdout, io.env);
  if (name === undefined) {
    writeLines(io.stderr, [generalHelp(await allCommands(), paintOf(io.stderr, io.env))]);
    return EXIT.usage;
  }
  if (name === "--version" || name === "-v") {
    writeLines(io.stdout, [packageInfo().version]);
    return EXIT.ok;
  }
  const helpOf = rest.find((word) => !word.startsWith("-"));
  if (name === "--help" || name === "-h" || (name === "help" && helpOf === undefined)) {
    writeLines(io.stdout, [generalHelp(await allCommands(), paint)]);
    return EXIT.ok;
  }
  const command = await commandNamed(name === "help" ? (helpOf ?? "") : name);
  const given = name === "help" ? undefined : readArguments(command, rest);
  if (!given || given.on("help")) {
    writeLines(io.stdout, [commandHelp(command, paint)]);
    return EXIT.ok;
  }
  return await command.run(given, io);
}

async function commandNamed(name: string): Promise<Command> {
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load) return load();
  const names = Object.keys(COMMANDS);
  const near = nearest(name, names);
  throw new UsageError({
    code: "CLI001",
    message: name.startsWith("-") ? `a command comes before ${name}` : `there is no command "${name}"`,
    help: near ? `did you mean "${near}"?` : `the commands are: ${names.join(", ")}`,
  });
}

/** A user's mistake is shown with its place and its fix, ours with how to tell us. Neither with a stack. */
export function report(error: unknown, argv: readonly string[], io: Io): number {
  const json = argv.includes("--json");
  const paint = paintOf(io.stderr, io.env);
  const details = errorDetails(error);
  const debug = argv.includes("--debug") && error instanceof Error ? [stackOf(error)] : [];
  if (details) {
    if (json) writeJson(io, { error: details });
    else writeLines(io.stderr, [...problemLines(details, { paint, cwd: io.cwd, width: widthOf(io.stderr) }), ...debug]);
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
  const message = firstLine(messageOf(error));
  const help = debug.length > 0 ? "report it with this output" : "run it again with --debug and report the output";
  const facts = `medallion ${packageInfo().version}, node ${process.versions.node}, ${process.platform} ${process.arch}`;
  if (json) writeJson(io, { error: { code: "BUG001", message, help: `this is a bug in medallion: ${help}`, facts } });
  else {
    writeLines(io.stderr, [
      `${paint("red", "error BUG001")}: ${paint("bold", message)}`,
      `  This is a bug in medallion, not in your pipeline: ${help} (${facts}).`,
      ...debug,
    ]);
  }
  return EXIT.failed;
}

function stackOf(error: Error): string {
  const { cause } = error;
  const own = error.stack ?? error.message;
  return cause instanceof Error ? `${own}\ncaused by ${stackOf(cause)}` : own;
}
