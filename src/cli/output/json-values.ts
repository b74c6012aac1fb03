/** Values of a warehouse as JSON, the same at every depth, and exact: what a JavaScript number cannot hold is text. */

/** How the values of a type of DuckDB are written. */
type JsonOf = (value: unknown) => unknown;

/**
 * Whole numbers are numbers, decimals text, dates and times ISO text, bytes Base64, maps objects; NaN and the infinities
 * text. `type` is DuckDB's own name of the type, `STRUCT(a INTEGER, b JSON[])`.
 */
export function jsonOf(type: string): JsonOf {
  const write = writerOf(type);
  return (value) => (value === null || value === undefined ? null : write(value));
}

function writerOf(type: string): JsonOf {
  const list = /^(.*)\[\d*\]$/s.exec(type);
  if (list?.[1] !== undefined) {
    const element = jsonOf(list[1]);
    return (value) => (Array.isArray(value) ? value.map(element) : value);
  }
  const [, kind, inner] = /^(STRUCT|MAP)\((.*)\)$/s.exec(type) ?? [];
  if (kind === "STRUCT") return structOf(inner ?? "");
  if (kind === "MAP") return mapOf(inner ?? "");
  if (type === "JSON") return (value) => (typeof value === "string" ? parsed(value) : value);
  return type === "FLOAT" ? (value) => scalar(typeof value === "number" ? single(value) : value) : scalar;
}

function structOf(inner: string): JsonOf {
  const fields = partsOf(inner).map((part) => jsonOf(part.replace(/^("([^"]|"")*"|\S+) /, "")));
  return (value) =>
    isObject(value)
      ? Object.fromEntries(Object.entries(value).map(([name, one], i) => [name, fields[i]?.(one) ?? null]))
      : value;
}

function mapOf(inner: string): JsonOf {
  const [key = scalar, held = scalar] = partsOf(inner).map(jsonOf);
  const name = (of: unknown) => {
    const written = key(of);
    return typeof written === "string" ? written : JSON.stringify(written);
  };
  return (value) =>
    value instanceof Map ? Object.fromEntries([...value].map(([of, one]) => [name(of), held(one)])) : value;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

function scalar(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}

/** The number of the fewest digits that is the same float: 0.1, and not 0.10000000149011612. */
function single(value: number): number {
  const digits = [6, 7, 8].find((n) => Math.fround(Number(value.toPrecision(n))) === value);
  return digits === undefined ? value : Number(value.toPrecision(digits));
}

/** The parts of `a INTEGER, b DECIMAL(9,2)`, between the commas that stand in no brackets and no name. */
function partsOf(text: string): readonly string[] {
  const parts = [""];
  let depth = 0;
  for (const [piece] of text.matchAll(/"(?:[^"]|"")*"|'(?:[^']|'')*'|[^"']/gs)) {
    if (piece === "(") depth += 1;
    else if (piece === ")") depth -= 1;
    if (piece === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += piece;
  }
  return parts.map((part) => part.trim());
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown, context?: { readonly source?: string }) => {
      const source = context?.source;
      return typeof value === "number" && source !== undefined && !holds(value, source) ? source : value;
    });
  } catch {
    // Not what a column of JSON should have: it is shown as it is.
    return text;
  }
}

/** Whether the number has the digits of the text. */
const holds = (value: number, source: string): boolean =>
  Number.isFinite(value) && significant(String(value)) === significant(source);

const significant = (number: string): string =>
  number
    .replace(/e.*$/i, "")
    .replace(/[-.]/g, "")
    .replace(/^0+|0+$/g, "");
