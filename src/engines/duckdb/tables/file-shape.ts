/** What a CSV file is taken for that has none of the declared columns: one of another delimiter, or one without a header. */

const DELIMITERS = [";", ",", "\t", "|"];

/** What to do, where the names that a file has in its header tell it. */
export function shapeHelp(names: readonly string[], declared: readonly string[]): string | undefined {
  if (names.some((name) => declared.includes(name))) return undefined;
  const [only] = names;
  const delimiter = only !== undefined && names.length === 1 ? delimiterOf(only, declared) : undefined;
  if (delimiter !== undefined) return `the file has another delimiter: { delimiter: ${JSON.stringify(delimiter)} }`;
  // A name that is a number is a value.
  const noHeader = names.length === declared.length && names.some((name) => /^-?\d+([.,:-]\d+)*$/.test(name));
  return noHeader ? "if the file has no header, declare so: { header: false }" : undefined;
}

/** The reason of a row that has more values than a header of one name. */
export function oneNameHelp(reason: string, declared: readonly string[]): string | undefined {
  if (declared.length < 2 || !/ has \d+ values, 1 expected$/.test(reason)) return undefined;
  return 'the header is a single name, so the file seems to have another delimiter: { delimiter: ";" }';
}

function delimiterOf(header: string, declared: readonly string[]): string | undefined {
  const unquoted = (name: string) => name.trim().replace(/^"(.*)"$/, "$1");
  return DELIMITERS.find((one) => {
    const names = header.split(one);
    return names.length > 1 && names.some((name) => declared.includes(unquoted(name)));
  });
}
