/** What DuckDB says of the machine and the file, in words of a warehouse: which code, and what to do. */

import { RunError } from "../../../core/errors.ts";
import { firstLine, messageOf } from "../../../core/thrown.ts";
import { failure } from "../../../diagnostics/mistake.ts";

const FULL = /no space left|ENOSPC|disk (is )?full|disk quota|file too large|max_temp_directory_size/i;
const MEMORY = /^Out of Memory Error/i;
const UNWRITABLE = /could not (write|sync|fsync|truncate)|failed to create checkpoint/i;
const READ_ONLY = /attached in read-only mode/i;
const LOCKED = /could not set lock on file/i;
const FOREIGN_LOG =
  /this WAL was (not )?created for this database file|WAL does not match database file|^(?!IO Error).*failure while replaying WAL file/i;
const NEWER = /trying to read a database file with version number (\d+)/i;
const DAMAGED =
  /corrupt database file|not a valid DuckDB database|failed to deserialize|no more data remaining in metadata|database file .*(cut off|truncated)/i;

/** The failure of a file that was to be opened. */
export function cannotOpen(path: string, error: unknown): RunError {
  const message = messageOf(error);
  if (error instanceof RunError) return error;
  if (LOCKED.test(message)) {
    const holder = /\(PID (\d+)\)/.exec(message)?.[1];
    return failure({
      code: "WAREHOUSE001",
      message: `the warehouse ${path} is in use by another process${holder === undefined ? "" : ` (${holder})`}`,
      help: "wait until its update has ended or close the program that has it open, then run again",
      cause: error,
    });
  }
  if (FOREIGN_LOG.test(message)) {
    return failure({
      code: "WAREHOUSE002",
      message: `the log ${path}.wal does not belong to the warehouse as it is: they are of two times, or two warehouses`,
      help: "restore both from one copy, or move the log away: the next update goes on from what the warehouse holds without it",
      cause: error,
    });
  }
  const version = NEWER.exec(message)?.[1];
  if (version !== undefined) {
    const newer = /newer version/i.test(message);
    return failure({
      code: "WAREHOUSE008",
      message: `the warehouse ${path} was written by ${newer ? "a newer" : "an older"} version of DuckDB (storage version ${version}), which this one cannot read`,
      help: newer
        ? "update medallion, or use another warehouse path"
        : "open and export it with the DuckDB that wrote it, or use another warehouse path",
      cause: error,
    });
  }
  return machineFailure(path, message, error) ?? outOfReach(path, firstLine(message), error);
}

/** A failure of the machine or the file rather than of the statement; `undefined` for any other. */
export function machineFailure(path: string, message: string, cause: unknown): RunError | undefined {
  if (FULL.test(message)) {
    return failure({
      code: "WAREHOUSE005",
      message: "there is no space left for the warehouse",
      help: "free space and run again: the last good state is kept",
      cause,
    });
  }
  if (MEMORY.test(message)) {
    return failure({
      code: "RUN004",
      message: `the memory limit is too small: ${firstLine(message)}`,
      help: "raise memoryLimit (--memory-limit), or give fewer threads (--threads), which share it; the last good state is kept",
      cause,
    });
  }
  const short = message.includes(`Could not read enough bytes from file "${path}"`);
  if (short || DAMAGED.test(message)) return damaged(path, message, cause);
  if (READ_ONLY.test(message)) return outOfReach(path, "it is read-only, and this needs to write to it", cause);
  if (UNWRITABLE.test(message)) {
    return failure({
      code: "WAREHOUSE005",
      message: `the warehouse cannot be written: ${firstLine(message)}`,
      help: "check the disk and run again: the last good state is kept",
      cause,
    });
  }
  return undefined;
}

function damaged(path: string, message: string, cause: unknown): RunError {
  return failure({
    code: "WAREHOUSE002",
    message: `the warehouse ${path} is damaged or cut off: ${firstLine(message)}`,
    help: "restore it from a copy, or move it away and run again: a full run rebuilds it from the sources that are still there",
    cause,
  });
}

export function notAWarehouse(path: string, why: string): RunError {
  return failure({
    code: "WAREHOUSE002",
    message: `${path} is not a warehouse: ${why}`,
    help: "give another warehouse path, or move the file away and run again: a full run rebuilds it from the sources that are still there",
  });
}

/** State that others have damaged: what it tells no more could be read twice. */
export function forgetful(message: string): RunError {
  return failure({
    code: "WAREHOUSE002",
    message,
    help: "restore a copy of the file, or use another warehouse path: a full run rebuilds it from the sources that are still there",
  });
}

export function outOfReach(path: string, why: string, cause?: unknown): RunError {
  return failure({
    code: "WAREHOUSE004",
    message: `the warehouse ${path} cannot be opened: ${why}`,
    help: path.includes("?")
      ? "DuckDB looks for the log of a warehouse at another place where a folder's name has a ?: give a path without one"
      : "check that the file and its folder can be read and written by the user who runs the update",
    cause,
  });
}
