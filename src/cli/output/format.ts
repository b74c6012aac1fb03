/** Numbers and times as a person reads them. */
import path from "node:path";

/** `12,345`: the same on every machine, whatever its locale. */
export function count(n: number): string {
  // Not toLocaleString, whose first call loads the tables of all locales.
  return String(n).replaceAll(/\B(?=(?:\d{3})+(?!\d))/g, ",");
}

/** `1 table`, `2 tables`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

export function bytes(n: number): string {
  return n < 1000 ? `${n} B` : n < 1_000_000 ? `${(n / 1000).toFixed(1)} kB` : `${(n / 1_000_000).toFixed(1)} MB`;
}

/** A path as it would be typed in `cwd`: relative where it is below, else absolute. */
export function shownPath(file: string, cwd: string): string {
  if (file === ":memory:") return file;
  const absolute = path.resolve(cwd, file);
  const relative = path.relative(cwd, absolute);
  return relative === "" ? "." : relative.startsWith("..") ? absolute : relative;
}
