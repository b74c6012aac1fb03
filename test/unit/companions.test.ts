/** What stands next to a table carries the labels of what it holds, and what is set for those who may see it. */
import { analyze, compile, lineage, pipeline, source, sql, t } from "medallion";
import { expect, test } from "vitest";

const people = () =>
  source.csv("people.csv", {
    id: t.bigint(),
    email: t.string().pii("email"),
    born: t.date().nullable().pii("birth_date"),
    country: t.string(),
  });

const p = pipeline("people")
  .bronze({
    people_raw: people().mask({ email: "gov.mask", born: { function: "gov.hide", using: (c) => c.country } }),
  })
  .silver(($) => ({
    people: $.people_raw
      .expectOrQuarantine({ has_host: (c) => c.email.contains("@") })
      .tags({ domain: "crm" })
      .owner("crm-team")
      .rowFilter("gov.own", (c) => c.country),
  }));

const contents = (target: "databricks" | "spark") =>
  compile(p, { target })
    .files.map((file) => file.contents)
    .join("\n");

test("lineage shows the columns of a quarantine with their labels and where they come from, when it is asked to", () => {
  const found = lineage(p, { companions: true }).filter((l) => l.table === "people_raw_quarantine");
  const declared = ["id", "email", "born", "country"].map((column) => ({ table: "people_raw (source)", column }));
  expect(found.find((l) => l.column === "_row")).toEqual({
    table: "people_raw_quarantine",
    column: "_row",
    from: declared,
    expression: "_row",
    labels: ["birth_date", "email"],
  });
  const all = found.map((l) => [l.column, ...(l.labels ?? [])].join(" "));
  expect(all).toEqual([
    "id",
    "email email",
    "born birth_date",
    "country",
    "_source_file",
    "_source_modified_at",
    "_ingested_at",
    "_rescued_data birth_date email",
    "_broken_rules",
    "_reason birth_date email",
    "_row birth_date email",
    "_source",
    "_quarantined_at",
    "_update_id",
  ]);
  expect(lineage(p).some((l) => l.table.endsWith("_quarantine"))).toBe(false);
});

test("the names of broken rules tell of what the rules look at; a row of other tables has no text", () => {
  const found = lineage(p, { companions: true }).filter((l) => l.table === "people_quarantine");
  expect(found.find((l) => l.column === "_broken_rules")).toMatchObject({
    from: [{ table: "people", column: "email" }],
    labels: ["email"],
  });
  expect(found.find((l) => l.column === "_row")?.labels).toBeUndefined();
});

test("a mask, a row filter, tags and an owner hold for the quarantine, whose comment names the personal data", () => {
  const text = contents("databricks");
  expect(text).toContain(`CREATE OR REFRESH STREAMING TABLE bronze.people_raw_quarantine (
  id BIGINT,
  email STRING MASK gov.mask,
  born DATE MASK gov.hide USING COLUMNS (country),`);
  expect(text).toContain(
    "Personal data: birth_date (born, _rescued_data, _reason, _row), email (email, _rescued_data, _reason, _row)'",
  );
  expect(text).toContain(`CREATE OR REFRESH STREAMING TABLE silver.people_quarantine
COMMENT 'Rows that silver.people quarantined, with the rules that they broke. Personal data: birth_date (born), email (email, _broken_rules)'
TBLPROPERTIES ('tag.domain' = 'crm', 'medallion.owner' = 'crm-team')
WITH ROW FILTER gov.own ON (country)
AS`);
});

test("Spark publishes the checked rows as well, under the same tags", () => {
  const text = contents("spark");
  for (const companion of ["people_checked", "people_quarantine"]) {
    const statement = text.slice(text.indexOf(`silver.${companion}\n`)).split("\nAS\n")[0];
    expect(statement).toContain("Personal data: birth_date (born), email (email, _broken_rules)");
    expect(statement).toContain("'tag.domain' = 'crm'");
  }
});

test("PII006: a mask does not cover the text of a row", () => {
  expect(analyze(p).filter((d) => d.code === "PII006")).toMatchObject([
    { table: "people_raw", column: "email", severity: "warning" },
  ]);
  const silver = pipeline("m")
    .bronze({ raw: people() })
    .silver(($) => ({
      people: $.raw
        .select((c) => c)
        .expectOrQuarantine({ id: (c) => c.id.gt(0) })
        .mask({ email: "gov.mask" }),
    }));
  expect(analyze(silver).filter((d) => d.code === "PII006")).toEqual([]);
});

test("PII001: gold's quarantine accepts no personal data either", () => {
  const rule = () => sql(t.boolean().pii("email"))`rand() < 0.5`;
  const gold = pipeline("g")
    .bronze({ raw: people() })
    .silver(($) => ({ people: $.raw.select((c) => ({ id: c.id })) }))
    .gold(($) => ({ ids: $.people.select((c) => c).expectOrQuarantine({ rule }) }));
  expect(analyze(gold).filter((d) => d.code.startsWith("PII"))).toMatchObject([
    {
      code: "PII001",
      severity: "error",
      table: "ids",
      column: "_broken_rules",
      message: expect.stringContaining('"ids_quarantine._broken_rules"'),
    },
    { code: "PII005", severity: "warning", table: "ids" },
  ]);
});
