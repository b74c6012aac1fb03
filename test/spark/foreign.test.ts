/** A table of another owner that has nulls where none are declared. */
import { compile, pipeline, source, t } from "medallion";
import { afterAll, expect, test } from "vitest";
import { primitive } from "../../src/types/types.ts";
import { sparkSession } from "./session.ts";

const spark = await sparkSession();
afterAll(() => spark.close());

test("a null under a column that is declared without nulls fails the table and is told by its name", async () => {
  const p = pipeline("p").bronze({
    people: source.table("people_of_theirs", { id: t.int(), name: t.string().nullable() }),
  });
  const { files } = compile(p, { target: "spark" });
  const made = files.map((file) => file.contents).find((text) => text.includes("people_of_theirs")) ?? "";
  const query = (/SELECT[^;]*/.exec(made) ?? [""])[0];
  const columns = [
    { name: "id", type: primitive("int") },
    { name: "name", type: primitive("string") },
  ];
  await spark.view("people_of_theirs", columns, [["1", null]]);
  expect((await spark.sql(query)).rows).toEqual([["1", null]]);
  await spark.view("people_of_theirs", columns, [
    ["1", "a"],
    [null, "b"],
  ]);
  await expect(spark.sql(query)).rejects.toThrow(
    "bronze.people reads people_of_theirs, where id is null, and it is declared without nulls",
  );
});
