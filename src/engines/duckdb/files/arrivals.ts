/** What the files of a source are to its table now: which are read, which have changed, which are gone. */
import type { SourceNode } from "../../../ast/relation.ts";
import { RunError } from "../../../core/errors.ts";
import { fileFormatOf } from "../../../formats/format.ts";
import type { FileRead } from "../../../lower/reads.ts";
import type { CodedWarning } from "../../events.ts";
import type { Ahead } from "../ingest/ahead.ts";
import type { Params } from "../params.ts";
import { covers } from "../plan/coverage.ts";
import { type FilesRead, sortFiles } from "../state/files.ts";
import { type Listing, listFiles, type SourceFile } from "./files.ts";
import { nearby } from "./nearby.ts";

/** A source and the files that its path names now. */
export interface Listed extends Listing {
  readonly source: SourceNode;
  readonly path: string;
  /** A backfill, which is read once. */
  readonly once?: true;
  /** A backfill that was read in an earlier update. */
  readonly done?: true;
}

/** Where files are looked for, and the rows that are given instead of some. */
interface Sought {
  readonly params: Params;
  readonly baseDir: string;
  readonly rows: ReadonlyMap<SourceNode, Listed>;
  /** Has looked at files already. */
  readonly ahead?: Ahead | undefined;
}

/**
 * The files of what a table reads, those of backfills that were read before at the end. `added`: the places of reads that the
 * table has gained; `undefined` where it is rebuilt.
 */
export async function listReads(
  reads: readonly FileRead[],
  added: readonly number[] | undefined,
  sought: Sought,
): Promise<readonly Listed[]> {
  const isDone = ({ once }: FileRead, i: number) => added !== undefined && once && !added.includes(i);
  const sources = (done: boolean) => reads.filter((read, i) => isDone(read, i) === done);
  return [...(await listSources(sources(false), sought)), ...(await listAgain(sources(true), sought))];
}

async function listSources(
  reads: readonly FileRead[],
  { params, baseDir, rows, ahead }: Sought,
): Promise<readonly Listed[]> {
  return Promise.all(
    reads.map(async ({ query: source, once }) => {
      const given = rows.get(source);
      if (given) return given;
      const path = params.path(source.path);
      const { files, skipped } = await listFiles(path, baseDir);
      const looked = ahead ? files.map((file) => ahead.known(source, file)) : files;
      return { source, path, files: looked, skipped, ...(once && { once }) };
    }),
  );
}

/** As `listSources()`, of what has been read: nothing is needed of it any more, so a place that is gone has no files. */
async function listAgain(reads: readonly FileRead[], sought: Sought): Promise<readonly Listed[]> {
  const listings = reads.map(async (read) => {
    try {
      return (await listSources([read], sought)).map((one) => ({ ...one, done: true as const }));
    } catch (error) {
      if (error instanceof RunError) return [];
      throw error;
    }
  });
  return (await Promise.all(listings)).flat();
}

interface ArrivalWarning {
  readonly message: string;
  readonly details: CodedWarning;
}

export interface Arrivals {
  /** To be read, in the order of their paths. */
  readonly files: readonly SourceFile[];
  /** Those of them whose rows of an earlier reading are replaced. */
  readonly replaced: readonly SourceFile[];
  /** Those of them whose rows are appended again. */
  readonly reread: readonly SourceFile[];
  /** Those that hold what was read, at another time of change. */
  readonly touched: readonly SourceFile[];
  /** Paths of a backfill's files that have nothing to be read yet: it is read once, and they when they have. */
  readonly awaited: readonly string[];
  /** Files that have rows in the table, or will have once they are read. */
  readonly sound: readonly SourceFile[];
  /** Paths whose rows go, since the table is what its files are. */
  readonly gone: readonly string[];
  /** Whether that is every file that was read. */
  readonly allGone: boolean;
  /** In words: files that have changed and may not. */
  readonly forbidden?: string;
  readonly warnings: readonly ArrivalWarning[];
}

/** What each of the sources of a table has to be read. */
export async function arrivalsOfAll(
  listed: readonly Listed[],
  read: FilesRead,
  baseDir: string,
): Promise<readonly Arrivals[]> {
  const followed = new Set(listed.flatMap(({ files, done }) => (done ? [] : files.map(({ path }) => path))));
  return Promise.all(
    listed.map((one) => (one.done ? lateArrivals(one, followed, read) : arrivalsOf(one, read, baseDir))),
  );
}

/** Of a backfill that was read, files that could not be read are tried again, and those that came since are told. */
async function lateArrivals({ files }: Listed, followed: ReadonlySet<string>, read: FilesRead): Promise<Arrivals> {
  const delivered = files.filter((file) => file.size > 0);
  const failed = delivered.filter(({ path }) => read.get(path)?.every((version) => version.failed));
  const late = delivered.filter(({ path }) => !read.has(path) && !followed.has(path)).map(({ path }) => path);
  const { fresh } = await sortFiles(read, failed);
  const message = `${shortList(late)} ${late.length === 1 ? "is" : "are"} not read: the backfill was read before, and is read once`;
  return {
    files: fresh,
    replaced: [],
    reread: [],
    touched: [],
    awaited: [],
    sound: fresh,
    gone: [],
    allGone: false,
    warnings: late.length === 0 ? [] : [{ message, details: { code: "SRC019", files: late, help: LATE } }],
  };
}

const LATE = "deliver new files under the path of a flow; a full refresh reads the backfill again";

async function arrivalsOf(listed: Listed, read: FilesRead, baseDir: string): Promise<Arrivals> {
  const { source, files: all, skipped, path } = listed;
  const { onChange = "ignore" } = source.options;
  const there = new Set(all.map((file) => file.path));
  // Nothing was delivered yet in a file of no bytes: a writer has opened it, or a disk was full.
  const empty = all.filter((file) => file.size === 0 && fileFormatOf(source).traits(source).byPosition !== true);
  const { fresh, changed, touched } = await sortFiles(
    read,
    all.filter((file) => !empty.includes(file)),
  );
  const again = new Set(onChange === "reread" || onChange === "replace" ? changed : []);
  const files = again.size > 0 ? all.filter((file) => fresh.includes(file) || again.has(file)) : fresh;
  const reading = new Set(files);
  const isRead = (file: SourceFile) => read.get(file.path)?.some(({ failed, size }) => !failed && size > 0) === true;
  const sound = all.filter((file) => reading.has(file) || isRead(file));
  const states = onChange === "replace" && (all.length === 0 || sound.length > 0);
  // Which of thousands of files the path named costs more than all else here, and is seldom asked for.
  const before = states || all.length === 0 ? [...read.keys()].filter(covers(path, baseDir)) : [];
  const gone = states ? before.filter((file) => !there.has(file)) : [];
  const what = changed.length === 0 ? undefined : changedFiles(changed);
  return {
    files,
    replaced: onChange === "replace" ? changed : [],
    reread: onChange === "reread" ? changed : [],
    touched,
    awaited: listed.once ? [...empty, ...skipped.filter((one) => one.for === "nowhere")].map((one) => one.path) : [],
    sound,
    gone,
    allGone: gone.length > 0 && all.length === 0,
    ...(what !== undefined && onChange === "fail" && { forbidden: what }),
    warnings: [
      ...(await listingWarnings(listed, before, baseDir)),
      ...empty.map(emptyFile),
      ...(what !== undefined && onChange !== "fail" ? [changeWarning(what, changed, onChange)] : []),
    ],
  };
}

function changedFiles(changed: readonly SourceFile[]): string {
  const were = changed.length === 1 ? "it was" : "they were";
  return `${shortList(changed.map((file) => file.path))} changed after ${were} read`;
}

function emptyFile({ path }: SourceFile): ArrivalWarning {
  const message = `${path} is empty and is not read: it is read when it has content`;
  return { message, details: { code: "SRC010", files: [path] } };
}

function changeWarning(what: string, changed: readonly SourceFile[], onChange: keyof typeof OUTCOMES): ArrivalWarning {
  const files = changed.map((file) => file.path);
  const help = onChange === "ignore" ? { help: UNREAD } : {};
  return {
    message: `${what}: ${OUTCOMES[onChange]}`,
    details: { code: "SRC003", on_change: onChange, files, ...help },
  };
}

/** The warehouse lacks what changed for as long as that is so: each update reports it. */
const UNREAD =
  'deliver changes as new files, or declare onChange: "reread" or "replace"; it is reported until the file is as it was read';

const OUTCOMES = {
  ignore: "not read again (onChange: ignore)",
  reread: "its rows are appended again (onChange: reread)",
  replace: "it is read again instead of its earlier rows (onChange: replace)",
} as const;

const SKIPPED = {
  name: { code: "SRC007", why: "its name is not valid UTF-8; rename it" },
  kind: { code: "SRC006", why: "it is a pipe, a socket or a device, and no file; move it elsewhere" },
  nowhere: { code: "SRC006", why: "it is a link to something that is not there; it is read when that is there" },
  twice: { code: "SRC015", why: "it is a link to a file that is read by another name; leave the link out of the path" },
  hidden: { code: "SRC018", why: "names that begin with _ or . are not data, as in Spark; rename it if it is" },
} as const;

async function listingWarnings(
  { path, files, skipped, source, once }: Listed,
  before: readonly string[],
  baseDir: string,
): Promise<readonly ArrivalWarning[]> {
  const names = skipped.map((one) => {
    const { code, why } = SKIPPED[one.for];
    return { message: `${one.path} is not read: ${why}`, details: { code, files: [one.path] } };
  });
  if (files.length > 0) return names;
  const none = `no file matches ${JSON.stringify(path)} in ${baseDir}`;
  const gone =
    before.length === 1 ? "the file that was read is gone" : `the ${before.length} files that were read are gone`;
  const stay = source.options.onChange === "replace" ? "" : "; what was read stays";
  const late = once ? ", and the backfill is read once: a full refresh reads what comes later" : "";
  const message = before.length === 0 ? `${none}${late}` : `${none} any more: ${gone}${stay}`;
  const help = before.length === 0 ? await nearby(path, baseDir) : undefined;
  return [...names, { message, details: { code: "SRC004", path, ...(help !== undefined && { help }) } }];
}

const SHOWN = 3;

/** The first of some paths, and how many there are. */
export function shortList(paths: readonly string[]): string {
  const shown = paths.slice(0, SHOWN).join(", ");
  return paths.length > SHOWN ? `${paths.length} files (${shown}, …)` : shown;
}

/** What an update does with the files of all sources of a table, in words. */
export function arrivalWords(all: readonly Arrivals[]): readonly string[] {
  const count = (of: (one: Arrivals) => readonly unknown[]) => all.reduce((sum, one) => sum + of(one).length, 0);
  const files = (n: number) => `${n} ${n === 1 ? "file" : "files"}`;
  const replaced = count((one) => one.replaced);
  const again = count((one) => one.reread);
  const fresh = count((one) => one.files) - replaced - again;
  const gone = count((one) => one.gone);
  return [
    ...(fresh > 0 ? [`${fresh} new ${fresh === 1 ? "file" : "files"}`] : []),
    ...(replaced > 0 ? [`the rows of ${files(replaced)} are replaced`] : []),
    ...(again > 0 ? [`${files(again)} ${again === 1 ? "is" : "are"} read again`] : []),
    ...(gone > 0 ? [`the rows of ${files(gone)} that ${gone === 1 ? "is" : "are"} gone are removed`] : []),
  ];
}
