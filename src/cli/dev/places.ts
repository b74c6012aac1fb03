/** Where the files of a pipeline's sources come from: what `dev` watches. */

import path from "node:path";
import { tableQueries } from "../../ast/inputs.ts";
import { filledPath } from "../../ast/params.ts";
import { isFileSource } from "../../ast/relation.ts";
import { isHiddenName } from "../../engines/duckdb/files/files.ts";
import { covers } from "../../engines/duckdb/plan/coverage.ts";
import type { Project } from "../project/load.ts";
import type { SourcePlace } from "./watch.ts";

/** The places of all sources that read files, each once. */
export function sourcePlaces({ pipeline, baseDir, params, warehouse }: Project): readonly SourcePlace[] {
  const sources = pipeline.toNode().tables.flatMap(tableQueries).filter(isFileSource);
  const filled = sources.map(({ path: pattern }) =>
    filledPath(pattern, (name) => (Object.hasOwn(params, name) ? String(params[name]) : undefined)),
  );
  return [...new Set(filled)].map((pattern) => placeOf(pattern, baseDir, warehouse));
}

function placeOf(pattern: string, baseDir: string, warehouse: string): SourcePlace {
  const segments = pattern.split("/");
  const first = segments.findIndex((segment) => /[*?{]|\$\{/.test(segment));
  const fixed = first < 0 ? segments.slice(0, -1) : segments.slice(0, first);
  const root = path.resolve(baseDir, fixed.join("/") || (pattern.startsWith("/") ? "/" : "."));
  const covered = covers(pattern, baseDir);
  // A path without a pattern may be a folder, and stands for all files below it then.
  const last = segments.at(-1) ?? "";
  const deep = first >= 0 ? first < segments.length - 1 : path.extname(last) === "";
  return {
    root: first < 0 && deep ? path.resolve(baseDir, pattern) : root,
    deep,
    names: (file) => covered(file) && !isHidden(path.relative(root, file)) && !file.startsWith(warehouse),
  };
}

/** As the engine lists files: names that begin with `.` or `_` are not data, but `_date=…` is. */
const isHidden = (relative: string): boolean =>
  relative.split(path.sep).some((name) => name !== ".." && isHiddenName(name));
