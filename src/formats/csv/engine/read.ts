/** The rows of CSV files. */
import { csvReader, type FileShape } from "../../../engines/duckdb/ingest/read-csv.ts";
import type { Input, Reading } from "../../../engines/duckdb/ingest/statement.ts";
import { textExtras } from "../../../engines/duckdb/ingest/undeclared.ts";
import { readText } from "../../../engines/duckdb/ingest/values.ts";
import { duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import type { SqlType } from "../../../types/types.ts";
import type { SourceView } from "../../format.ts";
import { nullTexts } from "../../options.ts";
import { type CsvOptions, emptyIsNull } from "../options.ts";

/** What a word is read as: a text, a VARIANT of that text, Base64. */
const READS_WORDS: ReadonlySet<SqlType["kind"]> = new Set(["string", "variant", "binary"]);
/** Null values that no other type reads: they need not be looked for in numbers and dates. */
const INERT = /^(na|n\/a|null|none|nil|\\n|-+|\?+|\.|#n\/a|missing|unknown)?$/i;

export function readCsv(source: SourceView<CsvOptions>, shape: FileShape, inputs: readonly Input[]): Reading {
  const { delimiter, nullValues } = source.options;
  const inReader = nullValues.filter((value) => !/["\r\n]/.test(value) && !value.includes(delimiter));
  const allInert = nullValues.every((value) => INERT.test(value));
  const from = csvReader(inputs, shape, { delimiter, quote: true, nulls: ["", ...inReader] });
  // The reader knows null values without quotes; Spark knows them in quotes as well.
  const nulls = nullTexts(source.options);
  const list = nulls.map(text).join(", ");
  const value = (i: number) => (nulls.length === 0 ? `c${i}` : `CASE WHEN c${i} IN (${list}) THEN NULL ELSE c${i} END`);
  const positions = match(source, shape.names);
  const columns = source.declared.map((facts, i) => {
    const at = positions[i];
    const read = (x: string) => readText(x, facts.type);
    if (at === undefined) return { facts, raw: "CAST(NULL AS VARCHAR)", read };
    const early = READS_WORDS.has(facts.type.kind) || !allInert;
    // Asked of what does not read alone.
    const late = [...(emptyIsNull(facts.type) ? [""] : []), ...(early ? [] : nulls)];
    return { facts, raw: early ? value(at) : `c${at}`, read, nulls: late };
  });
  const taken = new Set(positions);
  const extra = shape.names.map((name, i) => ({ name, i })).filter(({ i }) => !taken.has(i));
  const pairs = (some: readonly { name: string; i: number }[], sql: (i: number) => string) =>
    some.map(({ name, i }) => `${text(name)}, ${sql(i)}`).join(", ");
  const all = shape.names.map((name, i) => ({ name, i }));
  const extras = textExtras(
    extra.map(({ name, i }) => ({ name, value: value(i) })),
    source.declared.map((c) => c.name),
  );
  return {
    from,
    columns,
    row: `json_object(${pairs(all, (i) => `c${i}`)})::VARCHAR`,
    ...(extras && { extras }),
  };
}

/** Where each declared column stands in the file: by its name, in any case. The second of a name is not declared. */
function match(source: SourceView<CsvOptions>, names: readonly string[]): readonly (number | undefined)[] {
  const lower = names.map((name) => name.toLowerCase());
  return source.declared.map(({ name }) => {
    const exact = names.indexOf(name);
    const at = exact >= 0 ? exact : lower.indexOf(name.toLowerCase());
    return at >= 0 ? at : undefined;
  });
}
