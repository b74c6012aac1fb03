/**
 * Where the user's code made a node: `file:line:column`, the file relative to the working directory.
 * Frames of this package are skipped, so the place is the user's, however deep the call was.
 */
import { findSourceMap, pathOf, type SourceMap, workingDirectory } from "./host.ts";

interface Frame {
  getFileName(): string | null | undefined;
  /** Of code that a loader evaluated from text as well: vite's, or a bundle made for development. */
  getScriptNameOrSourceURL?(): string | null | undefined;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
}

/** Lines and columns count from 1. */
export interface FilePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Frames that a stack keeps: most callers are near, and each frame costs. */
const NEAR = 4;
/** Where the user calls the method that asks. */
export const NEXT = 2;
const FAR = 14;
/** As a stack names this file. A bundler may have fixed `import.meta.url` to the file that it read. */
const here = scriptOf(framesOf(captured(1))[0]);
/** The folder of this package's code: `…/src/` or `…/dist/`. One bundled file is its own folder. */
const own = here.replace(/(?<=\/)core\/location\.[jt]s([?#].*)?$/, "");
const ownPath = pathOf(own);
/** The folder that this package is installed in. */
export const packageFolder = ownPath.replace(/(src|dist)\/$/, "").replace(/\/$/, "");

/** A place in the user's code, `file:line:column`, where it is known. */
export type Place = string | undefined;

const MANIFEST = "manifest:";

/** The place of a node that was read from a manifest without places: the way to it in the JSON. */
export function manifestPlace(path: string): string {
  return `${MANIFEST}${path}`;
}

/** Whether a place is one in a manifest, and in no file. */
export function isInManifest(place: string): boolean {
  return place.startsWith(MANIFEST);
}

/** Where in a file a place is; `undefined` for one in a manifest, which has no lines. */
export function positionOf(place: Place): FilePosition | undefined {
  const [, file, line, column] = /^(.+):(\d+):(\d+)$/.exec(place ?? "") ?? [];
  return file === undefined ? undefined : { file, line: Number(line), column: Number(column) };
}

/** The place of the caller outside of this package, or `undefined` where the engine cannot tell. `near`: frames to look at first. */
export function callerLocation(near = NEAR): string | undefined {
  return placeOf(framesOf(captured(near, callerLocation)).find(isUsers) ?? framesOf(captured(FAR)).find(isUsers));
}

/**
 * The place in the user's callback that led here. The stack is kept, and read when it is asked for: reading it costs
 * many times what keeping it does, and most are never asked.
 */
export class CallSite {
  readonly #stack = captured(FAR);
  #users: readonly Frame[] | undefined;

  /** Where the callback that this package called stands. A helper that it calls is not that place. */
  place(): Place {
    return placeOf(this.#frames().at(-1));
  }

  /** Whether the callback led here without a function between them. */
  get direct(): boolean {
    return this.#frames().length === 1;
  }

  #frames(): readonly Frame[] {
    this.#users ??= usersFrames(framesOf(this.#stack));
    return this.#users;
  }
}

/** From the innermost frame of the user's code to the one that this package called. */
function usersFrames(frames: readonly Frame[]): readonly Frame[] {
  const first = frames.findIndex(isUsers);
  const callback = frames.findIndex((frame, i) => i > first && isOwn(frame));
  return frames.slice(Math.max(first, 0), callback < 0 ? undefined : callback).filter(isUsers);
}

function placeOf(frame: Frame | undefined): Place {
  // The lines of code that was evaluated from text are not those of its file.
  const file = frame?.getFileName();
  if (!frame || !file) return undefined;
  const position = { file, line: frame.getLineNumber() ?? 0, column: frame.getColumnNumber() ?? 0 };
  const mapped = original(position);
  return `${relative(mapped.file)}:${mapped.line}:${mapped.column}`;
}

interface Stack {
  readonly stack?: unknown;
}

/** The frames from the caller of `above` on. */
function captured(frames: number, above: (...given: never) => unknown = captured): Stack {
  const limit = Error.stackTraceLimit;
  const holder: Stack = {};
  try {
    Error.stackTraceLimit = frames;
  } catch {
    // `Error` is frozen: the stack is as long as it may be.
    Error.captureStackTrace?.(holder, above);
    return holder;
  }
  try {
    Error.captureStackTrace?.(holder, above);
  } finally {
    Error.stackTraceLimit = limit;
  }
  return holder;
}

function asFrames(_: unknown, frames: unknown): unknown {
  return frames;
}

/** V8 asks `prepareStackTrace` when a stack is first read, not when it is captured. */
function framesOf(holder: Stack): readonly Frame[] {
  const prepare = Error.prepareStackTrace;
  try {
    Error.prepareStackTrace = asFrames;
  } catch {
    // `Error` is frozen: what a stack holds cannot be asked for.
    return [];
  }
  try {
    const frames = holder.stack;
    return Array.isArray(frames) ? frames : [];
  } finally {
    // Also where the stack is full: errors of the user's keep their own stacks.
    Error.prepareStackTrace = prepare;
  }
}

/** The file that a frame is in; empty where it has none. */
function scriptOf(frame: Frame | undefined): string {
  return frame?.getFileName() ?? frame?.getScriptNameOrSourceURL?.() ?? "";
}

function isUsers(frame: Frame): boolean {
  const file = scriptOf(frame);
  return file !== "" && !file.startsWith("node:") && !isOwnFile(file);
}

const isOwn = (frame: Frame): boolean => isOwnFile(scriptOf(frame));

const isOwnFile = (file: string): boolean => own !== "" && (file.startsWith(own) || file.startsWith(ownPath));

/** The file that was named last: a module makes many nodes. */
let named = { file: "", root: undefined as string | undefined, name: "" };

function relative(file: string): string {
  const root = workingDirectory();
  if (named.file !== file || named.root !== root) named = { file, root, name: relativeTo(root, file) };
  return named.name;
}

function relativeTo(root: string | undefined, file: string): string {
  const path = pathOf(file);
  return root && path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

/** The source map that was asked for last: a file has the one that it was loaded with. */
let asked = { file: "", map: undefined as SourceMap | undefined };

function sourceMapOf(file: string): SourceMap | undefined {
  if (asked.file !== file) asked = { file, map: findSourceMap(file) };
  return asked.map;
}

/** Code that a loader rewrote (tsx) is mapped back through Node's source maps, where there are any. */
function original(position: FilePosition): FilePosition {
  const entry = sourceMapOf(position.file)?.findEntry(position.line - 1, position.column - 1) as
    | { originalLine?: number; originalColumn?: number; originalSource?: string }
    | undefined;
  if (entry?.originalLine === undefined || entry.originalColumn === undefined) return position;
  const file = entry.originalSource?.startsWith("file://") ? entry.originalSource : position.file;
  return { file, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}
