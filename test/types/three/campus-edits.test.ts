/** Edits of a university, and what it makes of a few rows. */
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { campus } from "./campus.ts";
import { campusEdits } from "./campus-edits.ts";
import { testEdits } from "./edited.ts";
import { campusRows } from "./fleet-data.ts";

await testEdits(["campus"], campusEdits, 190);

test("the university gives the numbers that were worked out by hand", async () => {
  await using update = await run(campus, { inputs: campusRows, params: { pepper: "p" } });
  expect(update.tables.flatMap(({ error }) => error ?? [])).toEqual([]);
  const rates = "SELECT department, term_code, exams, passed, mean_points, credits FROM gold.pass_rates ORDER BY 1, 2";
  expect(await update.query(rates)).toEqual([
    { department: "cs", term_code: "S24", exams: 1n, passed: 0n, mean_points: null, credits: null },
    { department: "math", term_code: "S24", exams: 1n, passed: 1n, mean_points: "80.000000", credits: "6.0" },
    { department: "math", term_code: "W23", exams: 2n, passed: 1n, mean_points: "67.750000", credits: "6.0" },
  ]);
  expect(await update.query("SELECT * FROM gold.retention")).toEqual([
    { year: 2023, size: 3n, graduated: 1n, cohorts: 1n, graduation_rate: 1 / 3 },
  ]);
  expect(await update.query("SELECT * FROM gold.occupancy")).toEqual([
    { building: "A", seats: 100n, used: 80n, days: 2n, share: 0.8 },
  ]);
  expect(await update.query("SELECT student_no, course_id FROM silver.never_graded")).toEqual([
    { student_no: 1, course_id: "C2" },
  ]);
});
