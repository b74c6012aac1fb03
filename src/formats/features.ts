/** What sources ask of a target beyond plain files, as the builder writes it. Each target has a treatment of each. */
export const FORMAT_FEATURES = {
  csv: "source.csv()",
  jsonArray: 'source.json(…, { layout: "array" })',
  nativeReader: "native: true",
  encoding: "encoding of CSV and JSON",
  windowsEncoding: 'encoding: "windows-1252"',
  wideJson: "UTF-16 of JSON",
} as const satisfies Readonly<Record<string, string>>;

/** What a source asks of a target beyond reading plain files. */
export type FormatFeature = keyof typeof FORMAT_FEATURES;
