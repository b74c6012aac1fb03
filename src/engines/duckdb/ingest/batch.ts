/** Files that one statement reads. */
import { isOtherKind } from "../files/files.ts";
import type { Session } from "../warehouse/session.ts";
import type { FileShape } from "./read-csv.ts";
import type { FileReader, WholeFile } from "./reader.ts";
import type { Input, Reading } from "./statement.ts";
import { UnreadableFile } from "./unreadable-file.ts";

/** Files of one statement: the text of a statement with more of them costs more than a second one does. */
export const AT_ONCE = 2000;

/** Files of one shape. */
export interface Batch {
  readonly inputs: readonly Input[];
  readonly shape: FileShape;
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

/**
 * How DuckDB reads the files of a batch, which waits at a pipe for its other end: it is asked just before.
 *
 * @throws UnreadableFile where one of them is not a file any more.
 */
export async function readBatch(
  session: Session,
  reader: FileReader,
  { inputs, shape }: Pick<Batch, "inputs" | "shape">,
): Promise<Reading> {
  if (inputs.some(({ file, isCopy }) => !isCopy && isOtherKind(file))) throw new UnreadableFile("it is not a file");
  return reader.read(session, inputs, shape);
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
