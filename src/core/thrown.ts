/** What is known of something that was thrown: it need not be an error. */

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The first line of a message: those of DuckDB and Node go on with a picture of the place. */
export function firstLine(message: string): string {
  return (message.split("\n")[0] ?? "").trim();
}

/** The code of a failed call of the system, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Whether a call of the system failed with one of these codes: `ENOENT`, `EACCES`, … */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  const code = codeOf(error);
  return code !== undefined && codes.includes(code);
}
