/** Spark's own AUTO CDC, in a catalog that can merge: the same rows as the embedded engine. */
import { pipeline, source, t } from "medallion";
import { afterAll, expect, test } from "vitest";
import { folder, write } from "../e2e/support.ts";
import { duckUpdate, expectSameTables, sparkProject } from "./sdp/project.ts";
import { sparkSession } from "./session.ts";

const spark = await sparkSession();
afterAll(() => spark.close());

const change = {
  id: t.bigint(),
  city: t.string().nullable(),
  email: t.string().nullable(),
  op: t.string(),
  ts: t.bigint(),
};
const people = pipeline("people")
  .bronze({ raw: source.json("people/*.json", change), more_raw: source.json("more/*.json", change) })
  .scd1(($) => ({
    current: $.raw.changes({
      key: (c) => c.id,
      sequenceBy: (c) => c.ts,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ op, ts, ...rest }) => rest,
    }),
  }))
  .scd2(($) => ({
    history: $.raw
      .changes({
        key: (c) => c.id,
        sequenceBy: (c) => c.ts,
        deleteWhen: (c) => c.op.eq("D"),
        columns: (c) => ({ id: c.id, city: c.city.upper(), email: c.email }),
      })
      .appendFlow({
        more: $.more_raw.changes({
          key: (c) => c.id,
          sequenceBy: (c) => c.ts,
          deleteWhen: (c) => c.op.eq("D"),
          columns: (c) => ({ id: c.id, city: c.city.upper(), email: c.email }),
        }),
      }),
    tracked: $.raw.changes({
      key: (c) => c.id,
      sequenceBy: (c) => c.ts,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ op, ts, ...rest }) => rest,
      trackHistory: ({ city }) => ({ city }),
    }),
  }))
  .gold(($) => ({ cities: $.current.groupBy((c) => ({ city: c.city })).aggregate((c) => ({ people: c.id.count() })) }));

const events = (
  ...all: readonly (readonly [id: number, ts: number, op: string, city: string | null, email: string])[]
) => all.map(([id, ts, op, city, email]) => `${JSON.stringify({ id, ts, op, city, email })}\n`).join("");

test("type 1 and 2, out of order, with deletes, in two batches", { timeout: 600_000 }, async () => {
  const base = await folder();
  const project = await sparkProject(people, base, { autoCdc: { catalog: "mem" } });
  await write(
    base,
    "people/1.json",
    events(
      [1, 3, "U", "C", "c"],
      [1, 1, "I", "A", "a"],
      [1, 2, "U", "B", "b"],
      [2, 5, "D", null, ""],
      [2, 2, "I", "A", "a"],
      [3, 1, "I", null, "a"],
      [3, 2, "U", "A", "b"],
      [4, 4, "D", null, ""],
    ),
  );
  await write(base, "more/1.json", events([9, 1, "I", "Z", "z"]));
  const first = await project.run();
  expect(first.output).toContain("Run is COMPLETED");
  await duckUpdate(project);
  expect(await expectSameTables(project, spark)).toBe(8);
  await write(
    base,
    "people/2.json",
    events([1, 4, "U", "C", "d"], [4, 2, "I", "A", "a"], [2, 3, "U", "C", "c"], [3, 7, "D", null, ""]),
  );
  await write(base, "more/2.json", events([1, 6, "U", "Y", "y"]));
  expect((await project.run()).output).toContain("Run is COMPLETED");
  await duckUpdate(project);
  await expectSameTables(project, spark);
});
