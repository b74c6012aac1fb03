/**
 * What a file is taken for that does not read: one of another format, and where a CSV file has none of the declared
 * columns one of another delimiter, one without a header, or one with a line for Excel, which Spark reads as the header
 * as well.
 */

const DELIMITERS = [";", ",", "\t", "|"];

const ENDINGS = { csv: /\.[ct]sv(\.\w+)?$/i, json: /\.(jsonl?|ndjson)(\.\w+)?$/i, parquet: /\.parquet$/i };

/** What to do, where the names of the files tell of another format than the one that reads them. */
export function formatHelp(paths: readonly string[], format: string): string | undefined {
  const other = Object.entries(ENDINGS).find(([, ending]) => paths.every((path) => ending.test(path)))?.[0];
  if (other === undefined || other === format || !(format in ENDINGS)) return undefined;
  return `their names are those of ${other} files, and source.${format}() reads them: use source.${other}()`;
}

/** What to do, where the names that a file has in its header tell it. */
export function shapeHelp(names: readonly string[], declared: readonly string[]): string | undefined {
  if (names.some((name) => declared.includes(name))) return undefined;
  const excel = excelHelp(names);
  if (excel !== undefined) return excel;
  const [only] = names;
  const delimiter = only !== undefined && names.length === 1 ? delimiterOf(only, declared) : undefined;
  if (delimiter !== undefined) return `the file has another delimiter: { delimiter: ${JSON.stringify(delimiter)} }`;
  // A name that is a number is a value.
  const noHeader = names.length <= declared.length && names.some((name) => /^-?\d+([.,:-]\d+)*$/.test(name));
  return noHeader ? "if the file has no header, declare so: { header: false }" : undefined;
}

/** What to do with a first line `sep=;`, which the delimiter that it names cuts in two. */
function excelHelp(names: readonly string[]): string | undefined {
  const line = names.find((name) => /^sep=.?$/i.test(name));
  if (line === undefined || names.some((name) => name !== line && !/^_c\d+$/.test(name))) return undefined;
  const delimiter = line.slice(4);
  const other = /^,?$/.test(delimiter)
    ? ""
    : `, and declare { delimiter: ${JSON.stringify(delimiter)} } if the values are so`;
  return `the first line, "sep=${delimiter || "…"}", tells Excel the delimiter and is taken for the header: delete it${other}`;
}

/** What to do about a row that has more values than the header has names. */
export function shortHeaderHelp(
  reason: string,
  header: readonly string[],
  declared: readonly string[],
): string | undefined {
  const [, expected] = / has \d+ values, (\d+) expected$/.exec(reason) ?? [];
  if (declared.length < 2 || expected === undefined) return undefined;
  const excel = excelHelp(header);
  if (excel !== undefined || expected !== "1") return excel;
  return 'the header is a single name, so the file seems to have another delimiter: { delimiter: ";" }';
}

function delimiterOf(header: string, declared: readonly string[]): string | undefined {
  const unquoted = (name: string) => name.trim().replace(/^"(.*)"$/, "$1");
  return DELIMITERS.find((one) => {
    const names = header.split(one);
    return names.length > 1 && names.some((name) => declared.includes(unquoted(name)));
  });
}
