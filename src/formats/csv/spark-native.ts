/** CSV by Spark's own reader: what it does and does not know. */
import { isAnyText, isNested } from "../../types/types.ts";
import type { SourceView } from "../format.ts";
import { nullTexts } from "../options.ts";
import type { SparkNativeReading } from "../readings.ts";
import type { CsvOptions } from "./options.ts";

export function csvBySpark({ options }: SourceView<CsvOptions>): SparkNativeReading {
  const { delimiter, encoding, header } = options;
  const [nullValue] = nullTexts(options);
  return {
    native: {
      format: "csv",
      options: {
        header,
        // Columns go by position: a header with other names, or in another order, is an error.
        enforceSchema: false,
        sep: delimiter,
        escape: '"',
        encoding,
        ...(nullValue !== undefined && { nullValue }),
      },
    },
  };
}

/** What is asked of the reader that it does not know, in words that end a sentence. */
export function csvNativeProblem({ declared, options }: SourceView<CsvOptions>): string | undefined {
  if (!options.native) return undefined;
  const unknown = declared.find(({ type }) => isNested(type) || type.kind === "variant" || type.kind === "binary");
  if (unknown) return `with native: true, Spark's own reader has no values for the column "${unknown.name}"`;
  const listed = declared.find(({ type }) => !isAnyText(type) && type.kind === "string");
  if (listed) return `with native: true, Spark's own reader does not hold the column "${listed.name}" to its values`;
  return nullTexts(options).length > 1 ? "with native: true, nullValues may hold one text" : undefined;
}
