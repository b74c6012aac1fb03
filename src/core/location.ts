/**
 * Where the user's code made a node: `file:line:column`, the file relative to the working directory.
 * Frames of this package are skipped, so the place is the user's, however deep the call was.
 */

interface Frame {
  getFileName(): string | null | undefined;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
}

interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

type MapPosition = (position: Position) => Position;

const LIMIT = 12;
const here = import.meta.url;
/** The folder of this package's code: `…/src/` or `…/dist/`. One bundled file is its own folder. */
const own =
  here?.endsWith("/core/location.ts") || here?.endsWith("/core/location.js")
    ? here.slice(0, -"core/location.ts".length)
    : here;
const ownPath = own?.startsWith("file://") ? decodeURI(own.slice("file://".length)) : own;

/** A place in the user's code, `file:line:column`, where it is known. */
export type Place = string | undefined;

/** The place of the caller outside of this package, or `undefined` where the engine cannot tell. */
export function callerLocation(): string | undefined {
  return placeOf(captureFrames().find(isUsers));
}

/** The place in the user's callback that led here, and whether it did so without a function between them. */
export interface CallSite {
  /** Worked out when it is asked for: most never are. */
  readonly place: () => Place;
  readonly direct: boolean;
}

/** Where the callback that this package called stands now. A helper that it calls is not that place. */
export function callSite(): CallSite {
  const frames = captureFrames();
  const first = frames.findIndex(isUsers);
  const callback = frames.findIndex((frame, i) => i > first && isOwn(frame));
  const users = frames.slice(Math.max(first, 0), callback < 0 ? undefined : callback).filter(isUsers);
  return { place: () => placeOf(users.at(-1)), direct: users.length === 1 };
}

function placeOf(frame: Frame | undefined): Place {
  const file = frame?.getFileName();
  if (!frame || !file) return undefined;
  const position = { file, line: frame.getLineNumber() ?? 0, column: frame.getColumnNumber() ?? 0 };
  const mapped = original(position);
  return `${relative(mapped.file)}:${mapped.line}:${mapped.column}`;
}

function captureFrames(): readonly Frame[] {
  const limit = Error.stackTraceLimit;
  const prepare = Error.prepareStackTrace;
  const holder: { stack?: unknown } = {};
  try {
    Error.stackTraceLimit = LIMIT;
    Error.prepareStackTrace = (_, frames) => frames;
    Error.captureStackTrace?.(holder);
    const frames = holder.stack;
    return Array.isArray(frames) ? frames : [];
  } finally {
    Error.stackTraceLimit = limit;
    Error.prepareStackTrace = prepare;
  }
}

function isUsers(frame: Frame): boolean {
  const file = frame.getFileName();
  return file !== null && file !== undefined && file !== "" && !file.startsWith("node:") && !isOwn(frame);
}

function isOwn(frame: Frame): boolean {
  const file = frame.getFileName() ?? "";
  return isBelow(file, own) || isBelow(file, ownPath);
}

function isBelow(file: string, folder: string | undefined): boolean {
  return folder !== undefined && file.startsWith(folder);
}

function relative(file: string): string {
  const path = file.startsWith("file://") ? decodeURI(file.slice("file://".length)) : file;
  const root = workingDirectory();
  return root && path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

interface NodeProcess {
  cwd?(): string;
  getBuiltinModule?(name: string): unknown;
}
interface NodeModule {
  findSourceMap?(path: string): { findEntry(line: number, column: number): object } | undefined;
}

const nodeProcess = (globalThis as { process?: NodeProcess }).process;

function workingDirectory(): string | undefined {
  return nodeProcess?.cwd?.();
}

/** Code that a loader rewrote (tsx) is mapped back through Node's source maps, where there are any. */
const original: MapPosition = (position) => {
  const nodeModule = nodeProcess?.getBuiltinModule?.("node:module") as NodeModule | undefined;
  const map = nodeModule?.findSourceMap?.(position.file);
  const entry = map?.findEntry(position.line - 1, position.column - 1) as
    | { originalLine?: number; originalColumn?: number; originalSource?: string }
    | undefined;
  if (entry?.originalLine === undefined || entry.originalColumn === undefined) return position;
  const file = entry.originalSource?.startsWith("file://") ? entry.originalSource : position.file;
  return { file, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
};
