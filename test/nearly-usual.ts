/** Texts of timestamps that differ from what most are in a place or two. */
const USUAL = [
  "2024-01-01T10:00:00",
  "2024-02-29T23:59:59",
  "0001-12-31T00:00:60",
  "2024-03-31T02:30:00",
  "2024-02-29 20:04:06",
  "2024-2-09 9:05:07.1234567-08:30",
  "2024-02T09:05:07",
  "2024 09:05",
];
const OTHERS = [..." +-Z0296:.Ttx\t\n_e/", "24", " 1", "9 ", "+1"];

const texts = USUAL.flatMap((usual) => [usual, `${usual}Z`]).flatMap((text) => [
  text,
  ...Array.from(text, (_, at) => OTHERS.map((o) => text.slice(0, at) + o + text.slice(at + o.length))).flat(),
]);

export const NEARLY_USUAL: readonly string[] = [...new Set(texts)];
