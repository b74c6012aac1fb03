/** What two of the pipelines make of a few rows. */
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { campus } from "./campus.ts";
import { fleet } from "./fleet.ts";
import { campusRows, fleetRows } from "./fleet-data.ts";

test("the fleet gives the numbers that were worked out by hand", async () => {
  await using update = await run(fleet, { inputs: fleetRows, params: { salt: "s" } });
  expect(update.tables.flatMap(({ error }) => error ?? [])).toEqual([]);
  expect(await update.query("SELECT * FROM gold.cost_by_month ORDER BY month")).toEqual([
    { month: "2024-01-01", total: "298.00", vehicles: 2n, most: "283.00", per_vehicle: "149.00" },
    { month: "2024-02-01", total: "40.00", vehicles: 1n, most: "40.00", per_vehicle: "40.00" },
  ]);
  const kilometres =
    "SELECT customer_id, km, trips, vehicles, business_share FROM gold.km_by_customer_month ORDER BY 1";
  expect(await update.query(kilometres)).toEqual([
    { customer_id: 1n, km: "80.000000", trips: 3n, vehicles: 2n, business_share: "0.875000" },
    { customer_id: 2n, km: "150.500000", trips: 1n, vehicles: 1n, business_share: "0.000000" },
  ]);
  const last = "SELECT trip_id, so_far, label FROM gold.last_trips WHERE vin = 'V1' ORDER BY so_far";
  expect(await update.query(last)).toEqual([
    { trip_id: "T1", so_far: "50.000000", label: "V1/north" },
    { trip_id: "T6", so_far: "60.000000", label: "V1/north" },
    { trip_id: "T2", so_far: "210.500000", label: "V1/south" },
  ]);
});

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
