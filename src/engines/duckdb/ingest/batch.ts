/** Files that one statement reads. */
import type { SourceNode } from "../../../ast/relation.ts";
import type { Session } from "../session.ts";
import { type CsvShape, readCsv } from "./csv.ts";
import type { WholeFile } from "./inspect.ts";
import { jsonLines, readJsonObjects } from "./json.ts";
import { readParquet } from "./parquet.ts";
import type { Input, Reading } from "./statement.ts";

/** Files of one statement: more of them cost more to tell apart than a second statement does. */
export const AT_ONCE = 200;

/** Files of one shape. */
export interface Batch {
  readonly inputs: readonly Input[];
  readonly shape: CsvShape;
  /** How many records they have together, where that is known. */
  readonly records: number | undefined;
}

/** The files that can be read as they are, in as few statements as their shapes allow. */
export function batchesOf(files: readonly WholeFile[]): Batch[] {
  const groups = Map.groupBy(files, ({ shape }) => JSON.stringify(shape));
  return [...groups.values()]
    .flatMap((group) =>
      Array.from({ length: Math.ceil(group.length / AT_ONCE) }, (_, i) => group.slice(i * AT_ONCE, (i + 1) * AT_ONCE)),
    )
    .flatMap((some) => {
      const [first] = some;
      return first ? [{ inputs: some.map(inputOf), shape: first.shape, records: sum(some) }] : [];
    });
}

function inputOf({ file }: WholeFile): Input {
  return { file, readFrom: file.absolute };
}

function sum(files: readonly WholeFile[]): number | undefined {
  return files.reduce<number | undefined>(
    (total, { records }) => (total === undefined || records === undefined ? undefined : total + records),
    0,
  );
}

export async function readingOf(
  session: Session,
  source: SourceNode,
  { inputs, shape }: Omit<Batch, "records">,
): Promise<Reading> {
  if (source.format === "parquet") return readParquet(session, source, inputs);
  return source.format === "csv" ? readCsv(source, shape, inputs) : readJsonObjects(source, jsonLines(inputs, shape));
}
