/** The files of a source, as Hadoop's patterns find them: those of Spark, and of Databricks. */

import type { SourceNode } from "../../ast/relation.ts";
import { report } from "../../core/refusals.ts";
import { refusal } from "../../diagnostics/mistake.ts";

export interface FoundBy {
  /** A pattern; a folder that it matches is read with everything below. */
  readonly path: string;
  /** Where it is given, files below `path` whose own name matches, in any folder. */
  readonly name?: string;
}

/** `**` is not a word of Hadoop: the files below are found by their name. Brackets stand for themselves in our patterns. */
export function foundBy({ path, at }: Pick<SourceNode, "path" | "at">, engine: string): FoundBy {
  const deep = /^(.*?)\/?\*\*(?:\/([^/]*))?$/s.exec(path.replace(/^\*\*/, "./**"));
  const [folder, name] = deep ? [deep[1] ?? "", deep[2] ?? "*"] : [path, undefined];
  if (folder.includes("**") || (path.includes("**") && !deep)) {
    report(
      refusal({
        code: "TARGET005",
        message: `${engine} does not find files by ${JSON.stringify(path)}: ** can stand before the last name only`,
        help: 'say "folder/**/name"',
        location: at,
      }),
    );
  }
  return { path: hadoop(folder), ...(name !== undefined && { name: hadoop(name) }) };
}

const hadoop = (pattern: string) => pattern.replace(/[[\]\\]/g, "\\$&");
