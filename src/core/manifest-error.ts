/** What is wrong with a manifest. */
import { DefinitionError } from "./errors.ts";
import type { NotPlain } from "./json.ts";

/** Codes of what can be wrong with a manifest. */
type ManifestCode = "MAN001" | "MAN002" | "MAN003" | "MAN004" | "MAN005" | "MAN006";

export function manifestError(
  code: ManifestCode,
  message: string,
  more: { readonly help?: string; readonly cause?: unknown } = {},
): DefinitionError {
  return new DefinitionError({
    code,
    message: `the manifest cannot be read: ${message}`,
    help:
      more.help ?? "write a manifest with JSON.stringify(pipeline), and change the pipeline rather than its manifest",
    cause: more.cause,
  });
}

/** `MAN001` for what is not JSON, `MAN004` for what is beyond the limits. */
export function notPlain({ kind, path, what }: NotPlain): DefinitionError {
  if (kind === "not JSON") return manifestError("MAN001", `${path} is ${what}, which is not JSON`);
  const where = path.length > 200 ? `${path.slice(0, 200)}…` : path;
  return manifestError("MAN004", `${where} is ${what}`, {
    help: "split the pipeline, or the expression, into smaller ones",
  });
}
