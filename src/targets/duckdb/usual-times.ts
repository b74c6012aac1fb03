/** How nearly every timestamp in a text is written. */

/**
 * SQL of whether the text `x` is written as most are: DuckDB's cast reads the rest of it as Spark does. It would also read
 * an hour 24, and an hour that begins with a blank.
 */
export function isUsual(x: string, zone: "Z" | ""): string {
  const hour = (first: number) => `${x} LIKE '____-__-__T${first}_:__:__${zone}'`;
  return `(${hour(0)} OR ${hour(1)} OR ${hour(2)} AND ${x} NOT LIKE '___________24%') AND ${x} >= '0'`;
}
