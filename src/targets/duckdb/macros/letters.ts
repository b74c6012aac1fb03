/**
 * Macros that change the case of letters as Spark does, by ICU: some characters become two, letters that DuckDB does not
 * know yet, and a sigma that ends its word has a form of its own.
 */
import { macro } from "../../../functions/fragment.ts";

/** Characters whose upper case is more than one character (Unicode's SpecialCasing): `ß` is `SS`. */
const SPECIAL: ReadonlyMap<string, string> = new Map(
  [
    [0x00df, 0x0587],
    [0x1e96, 0x1ffc],
    [0xfb00, 0xfb17],
  ]
    .flatMap(([from = 0, to = 0]) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCharCode(from + i)))
    .map((c) => [c, c.toUpperCase()] as const)
    .filter(([, upper]) => upper.length > 1),
);

/** Letters with an upper and a lower case that are newer than DuckDB's tables: the first of each, and how many follow. */
const NEWER: readonly (readonly [upper: number, lower: number, count: number])[] = [
  [0x1c89, 0x1c8a, 1],
  [0xa7cb, 0x0264, 1],
  [0xa7cc, 0xa7cd, 1],
  [0xa7ce, 0xa7cf, 1],
  [0xa7d2, 0xa7d3, 1],
  [0xa7d4, 0xa7d5, 1],
  [0xa7da, 0xa7db, 1],
  [0xa7dc, 0x019b, 1],
  [0x10d50, 0x10d70, 22],
  [0x16ea0, 0x16ebb, 25],
];
const newer = (from: 0 | 1) =>
  NEWER.flatMap((range) => Array.from({ length: range[2] }, (_, i) => String.fromCodePoint(range[from] + i))).join("");
const [NEWER_UPPER, NEWER_LOWER] = [newer(0), newer(1)];

/** What Unicode's Final_Sigma looks at: letters with a case, and what may stand between them. */
const CASED = `\\p{Lu}\\p{Ll}\\p{Lt}ªº\\x{2160}-\\x{217f}\\x{24b6}-\\x{24e9}\\x{1f130}-\\x{1f149}\\x{1f150}-\\x{1f169}\\x{1f170}-\\x{1f189}${NEWER_UPPER}${NEWER_LOWER}`;
/** Marks that are newer than DuckDB's tables. */
const NEWER_MARKS =
  "897 1acf-1add 1ae0-1aeb a7f1 10d4e 10d69-10d6d 10d6f 10ec5 10efa-10efc 113bb-113c0 113ce 113d0 113d2 " +
  "113e1-113e2 11b60 11b62-11b64 11b66 11dd9 11f5a 1611e-16129 1612d-1612f 16d40-16d42 16d6b-16d6c " +
  "16ff2-16ff3 1e5ee-1e5ef 1e6e3 1e6e6 1e6ee-1e6ef 1e6f5 1e6ff";
const IGNORABLE = `${NEWER_MARKS.replace(/[0-9a-f]+/g, "\\x{$&}").replaceAll(" ", "")}\\p{Mn}\\p{Me}\\p{Cf}\\p{Lm}\\p{Sk}''.:·\\x{0387}\\x{055f}\\x{05f4}’․‧‘︓﹒﹕＇．：`;

/** Between bars: a map would be planned for long. */
const UPPER_PAIRS = `|${[...SPECIAL].map(([c, upper]) => `${c}=${upper}`).join("|")}|`;

export const UPPER = macro(
  "upper",
  "x",
)`CASE WHEN strlen(x) = length(x) THEN upper(x) WHEN regexp_matches(x, '[${[...SPECIAL.keys()].join("")}${NEWER_LOWER}]') THEN array_to_string(list_transform(regexp_extract_all(translate(x, '${NEWER_LOWER}', '${NEWER_UPPER}'), '(?s).'), lambda c: CASE WHEN contains('${[...SPECIAL.keys()].join("")}', c) THEN string_split(string_split('${UPPER_PAIRS}', '|' || c || '=')[2], '|')[1] ELSE upper(c) END), '') ELSE upper(x) END`;
export const LOWER = macro(
  "lower",
  "x",
)`CASE WHEN strlen(x) = length(x) THEN lower(x) WHEN regexp_matches(x, '[İΣ${NEWER_UPPER}]') THEN lower(regexp_replace(translate(replace(x, 'İ', 'i̇'), '${NEWER_UPPER}', '${NEWER_LOWER}'), '([${CASED}][${IGNORABLE}]*)Σ([${IGNORABLE}]*(?:[^${CASED}${IGNORABLE}]|$))', '\\1ς\\2', 'g')) ELSE lower(x) END`;
