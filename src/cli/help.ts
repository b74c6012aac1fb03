/** The text of `--help`. */
import { COMMON_FLAGS, type Command, type Flag } from "./command.ts";
import type { Paint } from "./output/style.ts";
import { pad } from "./output/style.ts";

type Entry = readonly [left: string, right: string];

export function generalHelp(commands: readonly Command[], paint: Paint): string {
  return [
    "Typed medallion pipelines: checked by tsc, run on DuckDB, compiled to Spark and Databricks.",
    "",
    heading("Usage", paint),
    "  medallion COMMAND [flags]",
    "",
    heading("Commands", paint),
    ...aligned(
      commands.map((c) => [usageOf(c), c.summary]),
      paint,
    ),
    "",
    heading("Examples", paint),
    ...aligned(
      [
        ["medallion init shop", "a new project in the folder shop"],
        ["medallion check && medallion run", "run it if nothing is wrong with it"],
        ["medallion preview orders --limit 5", "a look at one table"],
      ],
      paint,
    ),
    "",
    heading("Exit codes", paint),
    ...aligned(
      [
        ["0", "done"],
        ["1", "problems were found, or the work failed"],
        ["2", "wrong use"],
        ["130", "interrupted with Ctrl-C"],
      ],
      paint,
    ),
    "",
    "medallion COMMAND --help tells more of a command; medallion --version names the version.",
  ].join("\n");
}

export function commandHelp(command: Command, paint: Paint): string {
  return [
    `${command.summary[0]?.toUpperCase()}${command.summary.slice(1)}.`,
    ...(command.about.length > 0 ? ["", ...command.about] : []),
    "",
    heading("Usage", paint),
    `  medallion ${usageOf(command)} [flags]`,
    "",
    heading("Flags", paint),
    ...aligned(Object.entries({ ...command.flags, ...COMMON_FLAGS }).map(flagEntry), paint),
    "",
    heading("Examples", paint),
    ...aligned(command.examples, paint),
  ].join("\n");
}

function usageOf(command: Command): string {
  return [command.name, ...command.arguments].join(" ");
}

function flagEntry([name, flag]: readonly [string, Flag]): Entry {
  const short = flag.short === undefined ? "" : `-${flag.short}, `;
  return [`${short}--${name}${flag.value === undefined ? "" : ` ${flag.value}`}`, flag.help];
}

function aligned(entries: readonly Entry[], paint: Paint): readonly string[] {
  const width = Math.max(...entries.map(([left]) => left.length));
  return entries.map(([left, right]) => `  ${pad(left, width)}  ${paint("dim", right)}`);
}

const heading = (text: string, paint: Paint): string => paint("bold", text);
