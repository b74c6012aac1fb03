/** What a command sees of the world: streams, environment, folder. A test gives its own. */
import type { Env } from "../core/env.ts";
import { type Paint, paintFor, wantsColor } from "./output/style.ts";

/** Where text goes: `process.stdout` and `process.stderr` are such streams. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Width of the terminal, in cells. */
  readonly columns?: number;
  /** Height of the terminal, in lines. */
  readonly rows?: number;
}

/** The world of a command. */
export interface Io {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Env;
  readonly cwd: string;
  /** Sets what Ctrl-C says while the work lasts, and its exit code (130); returns the function that undoes it. */
  readonly onInterrupt?: (say: string, code?: number) => () => void;
}

/** How wide lines may be: a pipe and a file have no end. */
export const widthOf = ({ isTTY, columns }: OutputStream): number | undefined => (isTTY && columns) || undefined;

export const paintOf = (stream: OutputStream, env: Env): Paint => paintFor(wantsColor(stream, env));

/** Whether a stream supports a live display: moving the cursor in a log or a pipe leaves garbage. */
export function isLive(stream: OutputStream, env: Env): boolean {
  return stream.isTTY === true && env["TERM"] !== "dumb" && wantsColor(stream, env) && !env["CI"];
}

/** One JSON document on stdout. What JSON has no word for is text. */
export function writeJson(io: Io, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value, plainValue, 2)}\n`);
}

/** One JSON document of several, each on a line. */
export function writeJsonLine(io: Io, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value, plainValue)}\n`);
}

const plainValue = (_: string, value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value);

export function writeLines(stream: OutputStream, lines: readonly string[]): void {
  stream.write(`${lines.join("\n")}\n`);
}

/** Plain progress lines stay where they are: an empty line sets the report apart. */
export function separate(io: Io): void {
  if (io.stderr.isTTY && !isLive(io.stderr, io.env)) io.stderr.write("\n");
}
