/**
 * Databricks SQL has no engine here. Its statements are read by two parsers: what is shared with open-source Spark by
 * Spark's own, the queries with what only Databricks has in them by sqlglot's `databricks` dialect.
 */
import { execFileSync } from "node:child_process";
import { compile } from "medallion";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import flights from "../../../examples/flights/pipeline.ts";
import shop from "../../../examples/shop/pipeline.ts";
import clauses from "../../fixtures/pipelines/clauses.ts";
import everything from "../../fixtures/pipelines/everything.ts";
import { type SparkSession, sparkSession } from "../session.ts";

const pipelines = { flights, shop, clauses, everything };

/** The statements of a pipeline, without their comments. */
function statements(p: (typeof pipelines)[keyof typeof pipelines]): readonly string[] {
  const { files } = compile(p, { target: "databricks", catalog: "main" });
  return files.flatMap(({ path, contents }) =>
    (path.endsWith(".sql") ? contents : "")
      .replace(/^--.*\n/gm, "")
      .split(/;\n/)
      .map((statement) => statement.trim())
      .filter((statement) => statement !== ""),
  );
}

/** What open-source Spark has no words for, and what is left when it is taken out. */
const DATABRICKS_ONLY: readonly (readonly [RegExp, string])[] = [
  [/^CREATE OR REFRESH (?:PRIVATE )?/, "CREATE "],
  [/^ {2}CONSTRAINT .*\n/gm, ""],
  [/,\n\)/g, "\n)"],
  [/ \(\n\)/g, ""],
  [/ MASK [\w.]+(?: USING COLUMNS \([\w, ]+\))?/g, ""],
  [/^WITH ROW FILTER .*\n/gm, ""],
  [/^REFRESH POLICY .*\n/gm, ""],
  [/^CLUSTER BY AUTO\n/gm, ""],
  [/ INSERT ONCE INTO /, " INSERT INTO "],
  [/ AUTO CDC ONCE INTO /, " AUTO CDC INTO "],
  [/^IGNORE NULL UPDATES.*\n/gm, ""],
  [/^APPLY AS TRUNCATE WHEN .*\n/gm, ""],
  [/^FROM SNAPSHOT \([\s\S]*?\n\)\n(?:WITH VERSION \([\s\S]*?\n\)\n)?/m, "FROM STREAM snapshots\n"],
  [/^(STORED AS SCD TYPE)/m, "$1"],
  [/FROM STREAM read_files\([\s\S]*?\n( *)\)/g, "FROM STREAM(files)"],
];

function shared(statement: string): string {
  const left = DATABRICKS_ONLY.reduce((text, [pattern, instead]) => text.replace(pattern, instead), statement);
  // Snapshots have no sequence, which Spark's grammar asks for.
  return left.includes("FROM STREAM snapshots") ? left.replace(/^STORED AS/m, "SEQUENCE BY 1\nSTORED AS") : left;
}

/** The query of a statement, or those of a state and its version. */
function queriesOf(statement: string): readonly string[] {
  const [, snapshot, version] =
    /^FROM SNAPSHOT \(\n([\s\S]*?)\n\)\nWITH VERSION \(\n([\s\S]*?)\n\)\nKEYS/m.exec(statement) ?? [];
  const query = /^(?:AS|CREATE FLOW .* BY NAME)\n((?:SELECT|WITH)[\s\S]*)$/m.exec(statement)?.[1];
  return [snapshot, version, query].filter((one) => one !== undefined);
}

describe.each(Object.keys(pipelines) as (keyof typeof pipelines)[])("the statements of %s", (name) => {
  let spark: SparkSession;
  beforeAll(async () => {
    spark = await sparkSession();
  });
  afterAll(() => spark.close());

  test("Spark's parser takes what it shares", async () => {
    for (const statement of statements(pipelines[name])) {
      const error = await spark.parse(shared(statement));
      expect(error?.message, `${shared(statement)}\n`).toBeUndefined();
    }
  });

  test("sqlglot parses every query as Databricks SQL", () => {
    const queries = statements(pipelines[name]).flatMap(queriesOf);
    expect(queries.length).toBeGreaterThan(3);
    const script = `
import json, sys
import sqlglot
for query in json.load(sys.stdin):
    parsed = sqlglot.parse_one(query, dialect="databricks")
    assert isinstance(parsed, sqlglot.exp.Query), query
print("parsed")`;
    const out = execFileSync(".spark/venv/bin/python", ["-c", script], {
      input: JSON.stringify(queries),
      encoding: "utf8",
    });
    expect(out).toBe("parsed\n");
  });
});
