/** Checks of constant arguments: only what means the same on every engine is taken. */
import { messageOf } from "../core/thrown.ts";

/** What Java's and RE2's regular expressions do not share, with the fix. */
const NOT_PORTABLE: readonly (readonly [RegExp, string])[] = [
  [/\(\?(?:=|!|<=|<!)/, "lookaround is not portable"],
  [/\\[1-9]|\\k</, "a back reference is not portable"],
  [/\(\?>/, "an atomic group is not portable"],
  [/\\[hHRZGXNuc]/, "this escape is not portable: write the characters in a class"],
  [/\(\?P?<[A-Za-z]/, "named groups are not portable: use numbered ones"],
  [/\(\?[a-zA-Z-]+[:)]/, "inline flags are not portable: use lower() on both sides"],
  [/&&/, "class intersection is not portable"],
  [/\\p\{Is|\\p\{In|\\p\{[A-Z][a-z]{2,}/, "scripts and blocks are not portable: \\p{L}, \\p{Lu}, \\p{N} are"],
  [/\\[sSbB]/, "\\s and \\b differ between the engines: write a class such as [ \\t\\r\\n]"],
];

/** A quantifier behind a quantifier. The brace of `\p{L}+` is not one, nor is the sign of `\++`. */
const POSSESSIVE = /(?<!\\)(?:[*+?]|\{\d+(?:,\d*)?\})\+/;

/** Why a regular expression is not portable, or `undefined`. */
export function regexProblem(pattern: string): string | undefined {
  const bare = withoutEscapedBackslashes(pattern);
  for (const [feature, why] of NOT_PORTABLE) if (feature.test(bare)) return why;
  const outside = bare.replace(/\[(?:\\.|[^\]\\])*\]/g, "[]");
  if (POSSESSIVE.test(outside)) return "a possessive quantifier is not portable";
  if (/(?<!\\)\./.test(outside)) return "a dot differs at line ends: write [^\\n]";
  if (/(?<!\\)\$/.test(outside)) return "$ differs at line ends: write \\z";
  const counts = [...bare.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].flatMap(([, low, high]) => [
    Number(low),
    Number(high || 0),
  ]);
  if (counts.some((count) => count > 1000)) return "a repeat count above 1000 is not portable";
  try {
    asJavaScript(pattern);
  } catch (error) {
    return `it does not parse: ${messageOf(error)}`;
  }
  return undefined;
}

/** As `regexProblem`; a pattern that matches nothing at all is replaced at other places by each engine. */
export function replacedRegexProblem(pattern: string): string | undefined {
  const problem = regexProblem(pattern);
  if (problem) return problem;
  return asJavaScript(pattern).test("") ? "it matches the empty text: write + instead of *" : undefined;
}

/** How many groups a portable pattern has. */
export function groupsOf(pattern: string): number {
  return (new RegExp(`${asJavaScript(pattern).source}|`, "u").exec("")?.length ?? 1) - 1;
}

function asJavaScript(pattern: string): RegExp {
  // \A and \z are not JavaScript's: stand-ins of the same shape let its parser check the rest.
  return new RegExp(withoutEscapedBackslashes(pattern).replaceAll("\\A", "^").replaceAll("\\z", "$"), "u");
}

function withoutEscapedBackslashes(pattern: string): string {
  return pattern.replaceAll("\\\\", "\\x5C");
}

/** Pattern letters that mean the same in both engines, and separators. */
const PORTABLE_PATTERN = /^(?:yyyy|MM|dd|HH|mm|ss|[-/:., _])+$/;

export function datePatternProblem(pattern: string): string | undefined {
  return PORTABLE_PATTERN.test(pattern)
    ? undefined
    : "accepts yyyy, MM, dd, HH, mm, ss and the separators - / : . , _ and space";
}

/** To read by a pattern, each part stands in it once: of two Spark would ask that they agree. */
export function parsePatternProblem(pattern: string): string | undefined {
  const parts = pattern.match(/yyyy|MM|dd|HH|mm|ss/g) ?? [];
  return datePatternProblem(pattern) ?? (new Set(parts).size < parts.length ? "accepts each part once" : undefined);
}

export function jsonPathProblem(path: string): string | undefined {
  return /^\$(?:\.[A-Za-z_][A-Za-z0-9_]*|\[\d+\])*$/.test(path)
    ? undefined
    : "accepts a path such as $.address.city or $.items[0]";
}
