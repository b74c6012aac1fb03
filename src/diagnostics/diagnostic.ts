/** What the analyzers and the command report. */
import type { Fix } from "../core/fix.ts";

/** A finding: what is wrong, where, and what to do about it. */
export interface Diagnostic {
  /** Stable code, such as `PII001`. The compile error of the same rule is about the same mistake. */
  readonly code: string;
  /** `info`: nothing is wrong, but it is good to know. */
  readonly severity: "error" | "warning" | "info";
  readonly message: string;
  readonly help?: string;
  /** `file:line:column` of the builder call. */
  readonly location?: string;
  readonly table?: string;
  readonly column?: string;
  /** What it is about, as the builder writes it: `mask()`. Of the diagnostics of a target. */
  readonly clause?: string;
  /** The edit that fixes it, where the right text is known. */
  readonly fix?: Fix;
}
