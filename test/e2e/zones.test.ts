/** Zones in texts that are read as timestamps. */
import { pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { folder, rows, write } from "./support.ts";

const READ: readonly (readonly [text: string, instant: string | null])[] = [
  ["2024-07-01 12:00:00", "2024-07-01 12:00:00+00"],
  ["2024-07-01 12:00:00 America/New_York", "2024-07-01 16:00:00+00"],
  ["2024-07-01 12:00:00", "2024-07-01 12:00:00+00"],
  ["2024-07-01", "2024-07-01 00:00:00+00"],
  ["2024-07-01 12:00:00 Asia/Tokyo", "2024-07-01 03:00:00+00"],
  ["2024-07-01T12:00", "2024-07-01 12:00:00+00"],
  ["2024-07-01 12:00:00+02:00", "2024-07-01 10:00:00+00"],
  ["2024-07-01 12:00", "2024-07-01 12:00:00+00"],
  // A zone stands behind seconds, and an offset is of at most 18 hours.
  ["2024-07-01 12:00 UTC", null],
  ["2024-07-01T12:00Z", null],
  ["2024-07-01 12:00:00+1", "2024-07-01 11:00:00+00"],
  ["2024-07-01 12:00:00 -1:30", "2024-07-01 13:30:00+00"],
  ["2024-07-01 12:00:00+18:00", "2024-06-30 18:00:00+00"],
  ["2024-07-01 12:00:00+18:01", null],
  ["2024-07-01 12:00:00+0260", null],
  ["2024-07-01 12:00:00.5 Europe/Zurich", "2024-07-01 10:00:00.5+00"],
  ["2024-07-01 12:00:00Z", "2024-07-01 12:00:00+00"],
  // The hour comes twice: the first one. The hour is not there: as long after the hour before.
  ["2024-11-03 01:30:00 America/New_York", "2024-11-03 05:30:00+00"],
  ["2024-10-27 02:30:00 Europe/Berlin", "2024-10-27 00:30:00+00"],
  ["2024-03-10 02:30:00 America/New_York", "2024-03-10 07:30:00+00"],
  ["2024-07-01 12:00:00 No/Such_Place", null],
  // Names without a slash, short ones, those with an offset; nothing else that stands there.
  ["2024-07-01 12:00:00 CET", "2024-07-01 10:00:00+00"],
  ["2024-07-01 12:00:00CET", "2024-07-01 10:00:00+00"],
  ["2024-01-01 12:00:00 PST", "2024-01-01 20:00:00+00"],
  ["2024-07-01 12:00:00 UTC+1", "2024-07-01 11:00:00+00"],
  ["2024-07-01 12:00:00  GMT-03:30", "2024-07-01 15:30:00+00"],
  ["2024-07-01 12:00:00 Etc/GMT+5", "2024-07-01 17:00:00+00"],
  ["2024-07-01 12:00:00 cet", null],
  ["2024-07-01 12:00:00 PM", null],
  ["2024-07-01 12:00:00Zulu time", null],
  ["2024-07-01 12:00 CET", null],
  ["2024-07-01 12:00:00", "2024-07-01 12:00:00+00"],
];

test("a named zone counts for its own text only, in files as in casts", async () => {
  const base = await folder();
  const all = Array.from({ length: 40 }, () => READ).flat();
  await write(base, "a.csv", `k,ts\n${all.map(([text], i) => `${i},${text}\n`).join("")}`);
  await write(base, "a.json", all.map(([ts], i) => `${JSON.stringify({ k: i, ts, in: [ts] })}\n`).join(""));
  const p = pipeline("p")
    .bronze({
      csv: source.csv("a.csv", { k: t.int(), ts: t.timestamp().nullable() }),
      json: source.json("a.json", { k: t.int(), ts: t.timestamp().nullable(), in: t.array(t.timestamp()).nullable() }),
      text: source.csv("a.csv", { k: t.int(), ts: t.string() }),
      clocks: source.csv("a.csv", { k: t.int(), ts: t.timestampNtz().nullable() }),
    })
    .silver(($) => ({
      cast: $.text.select((r) => ({ k: r.k, ts: r.ts.tryCast(t.timestamp()) })),
      cast_clocks: $.text.select((r) => ({ k: r.k, ts: r.ts.tryCast(t.timestampNtz()) })),
    }));
  await using update = await run(p, { baseDir: base });
  const expected = all.map(([, instant], k) => ({ k, ts: instant }));
  for (const from of ["bronze.csv", "bronze.json"]) {
    expect(await rows(update, `SELECT k, ts::VARCHAR AS ts FROM ${from} ORDER BY k`)).toEqual(expected);
  }
  expect(await rows(update, "SELECT k, ts::VARCHAR AS ts FROM silver.cast ORDER BY k")).toEqual(expected);
  const clocks = await rows(update, "SELECT k, ts::VARCHAR AS ts FROM bronze.clocks ORDER BY k");
  expect(clocks).toEqual(await rows(update, "SELECT k, ts::VARCHAR AS ts FROM silver.cast_clocks ORDER BY k"));
  expect(clocks.map(({ ts }) => ts === null)).toEqual(expected.map(({ ts }) => ts === null));
  expect(await rows(update, 'SELECT k, "in"[1]::VARCHAR AS ts FROM bronze.json ORDER BY k')).toEqual(expected);
});
