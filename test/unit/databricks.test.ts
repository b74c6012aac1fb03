/** What the Databricks statements say where the documentation leaves one way that is surely right. */
import { analyze, compile, fn, pipeline, source, t } from "medallion";
import { bundle, type DatabricksEnvironment } from "medallion/databricks";
import { describe, expect, test } from "vitest";
import { isPlain, quoted } from "../../src/targets/yaml.ts";

// biome-ignore lint/suspicious/noExplicitAny: some pipelines are those of callers without types.
type Untyped = any;

const order = { id: t.bigint(), region: t.string(), at: t.timestamp(), amount: t.int(), ok: t.boolean() };
const base = pipeline("p").bronze({
  raw: source.json("/in/*.json", order),
  more: source.json("/more/*.json", order),
});

const sqlOf = (p: Untyped): string =>
  compile(p, { target: "databricks" })
    .files.map((f) => f.contents)
    .join("\n");
const notesOf = (p: Untyped, code: string) =>
  compile(p, { target: "databricks" }).diagnostics.filter((d) => d.code === code);

test("a key is relied on where the query proves it, not where it is declared", () => {
  const sql = sqlOf(
    base
      .silver(($) => ({
        declared: $.raw.key((r) => r.id),
        grouped: $.raw
          .groupBy((r) => ({ region: r.region }))
          .aggregate(() => ({ n: fn.countRows() }))
          .key((r) => r.region),
        deduped: $.raw.dedupe({ key: (r) => r.id, orderBy: (r) => r.at }).key((r) => r.id),
      }))
      .scd1(($) => ({ latest: $.raw.changes({ key: (r) => r.id, sequenceBy: (r) => r.at }) })),
  );
  const keys = [...sql.matchAll(/CONSTRAINT (\w+)_pk PRIMARY KEY \(\w+\)( RELY)?/g)].map((m) => `${m[1]}${m[2] ?? ""}`);
  expect(keys).toEqual(["declared", "grouped RELY", "deduped RELY", "latest RELY"]);
});

/** The statement that makes a dataset. */
function statementOf(sql: string, name: string): string {
  const makes = new RegExp(`^CREATE\\b.* ${name}\\s`, "m");
  return sql.split(";\n").find((statement) => makes.test(statement)) ?? "";
}

test("a key that data could break is counted next to its table, and leaves the table itself as it was", () => {
  const p = base.silver(($) => ({
    declared: $.raw.key((r) => r.id),
    pairs: $.raw.key((r) => [r.region, r.at]),
    hidden: $.raw.key((r) => r.id).private(),
    proven: $.raw.dedupe({ key: (r) => r.id, orderBy: (r) => r.at }).key((r) => r.id),
    view: $.raw.key((r) => r.id).temporary(),
  }));
  const sql = sqlOf(p);
  expect(statementOf(sql, "declared_expectations")).toBe(`
CREATE OR REFRESH PRIVATE MATERIALIZED VIEW declared_expectations (
  CONSTRAINT \`key(id)\` EXPECT (__rows = 1 AND id IS NOT NULL)
)
COMMENT 'What is counted of the rows of silver.declared'
AS
SELECT
  id,
  count(*) OVER (PARTITION BY id) AS __rows
FROM silver.declared`);
  expect(statementOf(sql, "silver.declared")).not.toContain("EXPECT");
  expect(statementOf(sql, "pairs_expectations")).toContain(
    "CONSTRAINT `key(region, at)` EXPECT (__rows = 1 AND region IS NOT NULL AND `at` IS NOT NULL)",
  );
  expect(statementOf(sql, "hidden_expectations")).toContain("FROM hidden");
  expect(sql).not.toMatch(/proven_expectations|view_expectations/);
  expect(notesOf(p, "TARGET004")).toMatchObject([{ table: "view", clause: "key()" }]);
});

test("rules of a view that is to stay incremental are held next to it, with its key", () => {
  const p: Untyped = base.silver(($) => ({ m: $.raw.dedupe({ key: (r) => r.id, orderBy: (r) => r.at }) }));
  const sql = sqlOf(
    p.gold(($: Untyped) => ({
      plain: $.m.expect({ positive: (r: Untyped) => r.amount.gt(0) }).refreshPolicy("incremental strict"),
      aside: $.m
        .key((r: Untyped) => r.region)
        .expectOrQuarantine({ positive: (r: Untyped) => r.amount.gt(0) })
        .expect({ ok: (r: Untyped) => r.ok })
        .refreshPolicy("incremental"),
      kept: $.m.expect({ positive: (r: Untyped) => r.amount.gt(0) }),
    })),
  );
  for (const name of ["gold.plain", "gold.aside", "aside_checked"]) {
    expect(statementOf(sql, name)).not.toContain("EXPECT");
  }
  expect(statementOf(sql, "plain_expectations")).toContain("EXPECT (amount > 0)");
  expect(statementOf(sql, "plain_expectations")).toContain("SELECT\n  amount\nFROM gold.plain");
  expect(statementOf(sql, "aside_expectations")).toBe(`
CREATE OR REFRESH PRIVATE MATERIALIZED VIEW aside_expectations (
  CONSTRAINT positive EXPECT (amount > 0),
  CONSTRAINT ok EXPECT (ok),
  CONSTRAINT \`key(region)\` EXPECT (__aside OR __rows = 1 AND region IS NOT NULL)
)
COMMENT 'What is counted of the rows of gold.aside'
AS
SELECT
  region,
  amount,
  ok,
  size(_broken_rules) > 0 AS __aside,
  count(*) OVER (PARTITION BY region, size(_broken_rules) > 0) AS __rows
FROM aside_checked`);
  expect(statementOf(sql, "gold.kept")).toContain("CONSTRAINT positive EXPECT (amount > 0)");
});

test("a union of streams is a flow for each, called by what it reads", () => {
  const sql = sqlOf(
    base.silver(($) => ({
      all: $.raw.union($.more).union($.raw.where((r) => r.amount.gt(1))),
      checked: $.raw.union($.more).expectOrQuarantine({ positive: (r) => r.amount.gt(0) }),
    })),
  );
  expect(sql).not.toContain("UNION ALL");
  expect(sql).toMatch(/STREAMING TABLE silver\.`?all`? \([^;]*\);/);
  expect([...sql.matchAll(/CREATE FLOW (\w+) AS INSERT INTO (\S+) BY NAME/g)].map((m) => `${m[1]} ${m[2]}`)).toEqual([
    "all_raw silver.`all`",
    "all_more silver.`all`",
    "all_raw_2 silver.`all`",
    "checked_raw checked_checked",
    "checked_more checked_checked",
  ]);
});

test("names that Delta does not store as they are map the columns of every table that has them", () => {
  const p = pipeline("names")
    .bronze({ raw: source.csv("/p/*.csv", { "Order ID": t.bigint(), "a.b": t.string() }) })
    .silver(($) => ({
      clean: $.raw.properties({ owner_team: "x" }),
      renamed: $.raw.select((r) => ({ id: r["Order ID"] })),
      nested: $.raw.select((r) => ({ s: fn.struct({ "x;y": r["a.b"] }) })),
    }));
  const sql = sqlOf(p);
  const mapped = sql
    .split(/^CREATE /m)
    .filter((statement) => statement.includes("'delta.columnMapping.mode' = 'name'"));
  expect(mapped.map((statement) => /TABLE (\S+)/.exec(statement)?.[1])).toEqual([
    "raw_checked",
    "bronze.raw",
    "bronze.raw_quarantine",
    "silver.clean",
    "silver.nested",
  ]);
  expect(
    notesOf(p, "TARGET003")
      .filter((d) => d.clause?.startsWith("column names"))
      .map((d) => d.table),
  ).toEqual(["raw", "clean", "nested"]);
});

test("a refresh policy that cannot be kept is told; the strict one is an error", () => {
  const p: Untyped = base.silver(($) => ({ m: $.raw.dedupe({ key: (r) => r.id, orderBy: (r) => r.at }) }));
  const why = (of: (raw: Untyped) => Untyped) =>
    notesOf(
      p.gold(($: Untyped) => ({ g: of($.m).refreshPolicy("incremental") })),
      "REFRESH002",
    ).map((d) => `${d.severity} ${d.message.split(": ").at(-1)}`);
  const grouped = (m: Untyped) => m.groupBy((r: Untyped) => ({ region: r.region }));
  expect(why((m) => grouped(m).aggregate((r: Untyped) => ({ n: r.id.count() })))).toEqual([]);
  expect(why((m) => grouped(m).aggregate((r: Untyped) => ({ n: r.id.countDistinct() })))).toEqual([
    "warning it counts distinct values",
  ]);
  const positive = { positive: (r: Untyped) => r.amount.gt(0) };
  expect(why((m) => m.expect(positive))).toEqual([]);
  expect(why((m) => m.expectOrQuarantine(positive))).toEqual([]);
  const held =
    "warning a materialized view whose expectations drop rows or fail is computed as a whole in every update";
  expect(why((m) => m.expectOrDrop(positive))).toEqual([held]);
  expect(why((m) => m.expectOrFail(positive).expect({ big: (r: Untyped) => r.amount.gt(9) }))).toEqual([held]);
  expect(why((m) => m.orderBy((r: Untyped) => r.id).limit(3))).toHaveLength(1);
  expect(why((m) => m.derive((r: Untyped) => ({ n: fn.rowNumber().over({ orderBy: r.id }) })))).toHaveLength(1);
  const strict = p.gold(($: Untyped) => ({
    g: $.m.expectOrDrop(positive).refreshPolicy("incremental strict"),
  }));
  expect(() => sqlOf(strict)).toThrow(expect.objectContaining({ code: "REFRESH002", table: "g" }));
});

test("relative paths, runtimes and keys of what is not published are told", () => {
  const p = pipeline("p")
    .bronze({ raw: source.json("in/*.json", order), there: source.json("s3://b/*.json", order) })
    .silver(($) => ({ hidden: $.raw.key((r) => r.id).private() }))
    .silver(($) => ({ reader: $.there.references($.hidden, (r) => r.id) }));
  expect(notesOf(p, "TARGET008")).toMatchObject([
    { table: "raw", severity: "warning", help: expect.stringContaining("baseDir") },
  ]);
  expect(notesOf(p, "TARGET004")).toMatchObject([
    { table: "reader", message: expect.stringContaining('"hidden" is not published') },
  ]);
  const param = (name: string) => `$\{${name}}`;
  const [landing, day] = [`${param("landing")}/*.json`, `in/${param("day")}`];
  const q = pipeline("p").bronze({ raw: source.json(landing, order), day: source.json(day, order) });
  expect(notesOf(q, "TARGET008")).toMatchObject([{ table: "day" }]);
  const based = compile(q, { target: "databricks", baseDir: "/Volumes/m" });
  const [told, ...others] = based.diagnostics.filter((d) => d.code === "TARGET008");
  expect(others).toEqual([]);
  expect(told).toMatchObject({ table: "raw", message: expect.stringContaining("does not put baseDir before") });
  const paths = based.files.map((f) => f.contents).join("\n");
  for (const path of [`'${landing}'`, `'/Volumes/m/${day}'`]) expect(paths).toContain(path);
  expect(sqlOf(p)).not.toContain("FOREIGN KEY");
  expect(sqlOf(p)).toContain("PRIVATE STREAMING TABLE hidden (");
});

test("a private table is private with its quarantine, and every companion tells whose data it holds", () => {
  const person = { id: t.bigint(), email: t.string().pii("email"), name: t.string().pii("name").nullable() };
  const p = pipeline("p")
    .bronze({ raw: source.json("s3://b/*.json", person) })
    .silver(($) => ({
      hidden: $.raw.expectOrQuarantine({ named: (r) => r.name.isNotNull() }).private(),
      open: $.raw.key((r) => r.email).expectOrQuarantine({ named: (r) => r.name.isNotNull() }),
      view: $.raw.expectOrQuarantine({ named: (r) => r.name.isNotNull() }).temporary(),
    }))
    .silver(($) => ({ reader: $.hidden.select((r) => ({ id: r.id })) }));
  const sql = sqlOf(p);
  expect(sql).toContain("CREATE OR REFRESH PRIVATE STREAMING TABLE hidden (");
  expect(sql).toMatch(/^CREATE OR REFRESH PRIVATE STREAMING TABLE hidden_quarantine$/m);
  expect(sql).toMatch(/^CREATE OR REFRESH STREAMING TABLE silver.open_quarantine$/m);
  expect(sql).toMatch(/^CREATE OR REFRESH STREAMING TABLE silver.view_quarantine$/m);
  expect(sql).not.toMatch(/(?:TABLE|FROM|STREAM\() ?silver\.hidden/);
  const held = "Personal data: email \\(email.*\\), name \\(name.*\\)";
  for (const [companion, labels] of [
    ["hidden_checked", held],
    ["hidden_quarantine", held],
    ["open_checked", held],
    ["open_quarantine", held],
    ["view_checked", held],
    ["open_expectations", "Personal data: email \\(email\\)'"],
  ]) {
    const from = sql.slice(sql.search(new RegExp(`CREATE OR REFRESH [A-Z ]*(silver\\.)?${companion}\\b`)));
    expect(/^COMMENT '.*'$/m.exec(from)?.[0], companion).toMatch(new RegExp(labels ?? ""));
  }
});

describe("files", () => {
  test("columns that have types in the file are taken as they are; the reader rescues what does not fit", () => {
    const columns = {
      id: t.int(),
      b: t.binary().nullable(),
      a: t.array(t.timestamp()).nullable(),
      s: t.struct({ x: t.timestamp() }).nullable(),
      d: t.date().nullable(),
    };
    const sql = sqlOf(pipeline("p").bronze({ raw: source.parquet("/p/*.parquet", columns) }));
    expect(sql).toContain("schema => 'id INT, b BINARY, a ARRAY<TIMESTAMP>, s STRUCT<x: TIMESTAMP>, d DATE'");
    expect(sql).toMatch(/SELECT\s+id,\s+b,\s+a,\s+s,\s+d,\s+map_filter\(from_json\(coalesce\(_rescued_data/);
    expect(sql).not.toMatch(/__raw_|try_to_binary|variant_get|RLIKE|try_cast/);
    expect(sql).toContain(
      "struct('id' AS name, 'an INT' AS type, CAST(__others['id'] AS STRING) AS text, id IS NULL AS unread)",
    );
    expect(sql).toContain("nullif(to_json(__others), '{}') AS _rescued_data");
    expect(sql).toContain("to_json(struct(id, b, a, s, d, _rescued_data))");
  });

  const readOf = (path: string, baseDir?: string) => {
    const p = pipeline("p").bronze({ raw: source.json(path, order) });
    const sql = compile(p, { target: "databricks", ...(baseDir !== undefined && { baseDir }) })
      .files.map((f) => f.contents)
      .join("\n");
    return /read_files\(\s*([\s\S]*?),\s*format =>/.exec(sql)?.[1]?.split(/,\s+/);
  };
  test("** is a folder and the names of files below it; brackets stand for themselves", () => {
    const deep = (folder: string, name: string) => [
      `'${folder}'`,
      "recursiveFileLookup => true",
      `pathGlobFilter => '${name}'`,
    ];
    expect(readOf("/in/**/*.json")).toEqual(deep("/in", "*.json"));
    expect(readOf("/in/**")).toEqual(deep("/in", "*"));
    expect(readOf("**/*.json", "/Volumes/m/")).toEqual(deep("/Volumes/m/", "*.json"));
    expect(readOf("a*/**/x[1].json", "/Volumes/m")).toEqual(deep("/Volumes/m/a*", "x\\\\[1\\\\].json"));
    expect(readOf("a[1]/*.json", "/Volumes/m")).toEqual(["'/Volumes/m/a\\\\[1\\\\]/*.json'"]);
    expect(() => readOf("/a/**/b/*.json")).toThrow(expect.objectContaining({ code: "TARGET005" }));
    const p = pipeline("p").bronze({ raw: source.json("/a[1]/*.json", order) });
    expect(notesOf(p, "TARGET008")).toMatchObject([{ table: "raw", message: expect.stringContaining("brackets") }]);
  });

  test("the name of a file is relative to the folder that paths start from, and decoded", () => {
    const p = pipeline("p").bronze({ raw: source.json("in/*.json", order) });
    const fileOf = (baseDir?: string) =>
      /(.*) AS _source_file/
        .exec(
          compile(p, { target: "databricks", ...(baseDir !== undefined && { baseDir }) })
            .files.map((f) => f.contents)
            .join("\n"),
        )?.[1]
        ?.trim();
    expect(fileOf()).toBe("url_decode(replace(_metadata.file_path, '+', '%2B'))");
    expect(fileOf("/Volumes/m/it's/")).toBe(
      "regexp_replace(url_decode(replace(_metadata.file_path, '+', '%2B')), '\\\\A(?:dbfs:)?\\\\Q/Volumes/m/it\\'s/\\\\E', '')",
    );
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a parameter of the pipeline in a path.
    expect(fileOf("${root}")).toContain("\\\\Q${root}/\\\\E");
  });
});

test("a view that is read as a stream and as a whole is made twice", () => {
  const p = base.silver(($) => ({ v: $.raw.where((r) => r.amount.gt(0)).temporary() }));
  const both = p
    .silver(($) => ({ w: $.v.where((r) => r.ok).temporary() }))
    .silver(($) => ({ streamed: $.w, whole: $.w.dedupe({ key: (r) => r.id, orderBy: (r) => r.at }) }));
  const sql = sqlOf(both);
  const reads = (name: string) => [...statementOf(sql, name).matchAll(/FROM ([\w.]+(?:\(\S+\))?)/g)].map((m) => m[1]);
  expect([...sql.matchAll(/CREATE TEMPORARY VIEW (\w+)/g)].map((m) => m[1])).toEqual([
    "v",
    "v_stream",
    "w",
    "w_stream",
  ]);
  expect(reads("v")).toEqual(["bronze.raw"]);
  expect(reads("v_stream")).toEqual(["STREAM(bronze.raw)"]);
  expect(reads("w")).toEqual(["v"]);
  expect(reads("w_stream")).toEqual(["STREAM(v_stream)"]);
  expect(reads("silver.streamed")).toEqual(["STREAM(w_stream)"]);
  expect(reads("silver.whole")).toEqual(["w"]);
  const onlyStreams = sqlOf(p.silver(($) => ({ streamed: $.v })));
  expect([...onlyStreams.matchAll(/TEMPORARY VIEW (\w+)/g)].map((m) => m[1])).toEqual(["v"]);
  expect(statementOf(onlyStreams, "v")).toContain("FROM STREAM(bronze.raw)");
  const events = p.scd1(($) => ({ latest: $.v.changes({ key: (r) => r.id, sequenceBy: (r) => r.at }) }));
  const wholeToo = events.silver(($) => ({ whole: $.v.dedupe({ key: (r) => r.id, orderBy: (r) => r.at }) }));
  expect(sqlOf(wholeToo)).toContain("AUTO CDC INTO silver.latest\nFROM STREAM(v_stream)\n");
  expect(sqlOf(events)).toContain("AUTO CDC INTO silver.latest\nFROM STREAM(v)\n");
  // A view with a quarantine is read from its checked rows, which are kept as they can be.
  const checked = p
    .silver(($) => ({ q: $.v.expectOrQuarantine({ ok: (r) => r.ok }).temporary() }))
    .silver(($) => ({ whole: $.q.dedupe({ key: (r) => r.id, orderBy: (r) => r.at }) }));
  expect(statementOf(sqlOf(checked), "q_checked")).toContain("FROM STREAM(v)");
  expect(statementOf(sqlOf(checked), "v")).toContain("FROM STREAM(bronze.raw)");
  expect(statementOf(sqlOf(checked), "q")).toContain("FROM q_checked");
});

test("the quarantine of a view has no time of now, which would keep it from being refreshed incrementally", () => {
  const sql = sqlOf(
    base.silver(($) => ({
      stream: $.raw.expectOrQuarantine({ positive: (r) => r.amount.gt(0) }),
      view: $.raw.materialized().expectOrQuarantine({ positive: (r) => r.amount.gt(0) }),
    })),
  );
  expect(statementOf(sql, "silver.stream_quarantine")).toContain("current_timestamp() AS _quarantined_at");
  expect(statementOf(sql, "silver.view_quarantine")).toContain("CAST(NULL AS TIMESTAMP) AS _quarantined_at");
  expect(sql.slice(sql.indexOf("silver.view"))).not.toContain("current_timestamp");
});

describe("snapshots", () => {
  const lastDay = base.silver(($) => ({
    today: $.raw
      .derive((r) => ({ last: r.at.max().over({}) }))
      .where((r) => r.at.eq(r.last))
      .select(({ last, ...rest }) => rest)
      .expectOrDrop({ positive: (r) => r.amount.gt(0) })
      .temporary(),
  }));

  test("the state of each version is that of the rows up to it, through the views between", () => {
    const p = lastDay.scd2(($) => ({
      history: $.today.snapshots({
        key: (r) => r.id,
        version: (r) => r.at.max(),
        columns: ({ id, amount }) => ({ id, amount }),
      }),
    }));
    expect(statementOf(sqlOf(p), "silver.history\nFROM")).toBe(`
CREATE FLOW history_flow AS AUTO CDC INTO silver.history
FROM SNAPSHOT (
  SELECT
    id,
    amount
  FROM (
    SELECT
      id,
      region,
      \`at\`,
      amount,
      ok
    FROM (
      SELECT *
      FROM (
        SELECT
          id,
          region,
          \`at\`,
          amount,
          ok
        FROM (
          SELECT *
          FROM bronze.raw
          WHERE \`at\` <= (SELECT version FROM current_snapshot_version()) OR \`at\` IS NULL
        )
        QUALIFY \`at\` = max(\`at\`) OVER ()
      )
      WHERE coalesce(amount > 0, false)
    )
  )
)
WITH VERSION (
  SELECT version
  FROM (
    SELECT \`at\` AS version
    FROM bronze.raw
  )
  WHERE version IS NOT NULL
    AND (
      NOT EXISTS (SELECT 1 FROM last_snapshot_version())
      OR version > (SELECT version FROM last_snapshot_version())
    )
  ORDER BY version
  LIMIT 1
)
KEYS (id)
STORED AS SCD TYPE 2`);
    expect(notesOf(p, "TARGET007").flatMap((d) => (d.table === "history" ? [d.message] : []))).toEqual([
      "silver.history: scd2() of snapshots() needs Databricks Runtime 18.3: AUTO CDC … FROM SNAPSHOT … WITH VERSION",
    ]);
  });

  test("of a version that no row has, the state is taken as a whole", () => {
    const sql = sqlOf(base.scd1(($) => ({ s: $.raw.snapshots({ key: (r) => r.id, version: (r) => r.id.count() }) })));
    expect(sql).toContain("SELECT count(id) AS version\n    FROM (");
    expect(sql).not.toContain("current_snapshot_version");
  });

  test("without a version they are applied through Python, which needs no new runtime", () => {
    const p = base
      .silver(($) => ({ dotted: $.raw.select(({ region, ...rest }) => ({ ...rest, "a.b": region })) }))
      .scd2(($) => ({
        history: $.dotted.snapshots({ key: (r) => [r.id, r["a.b"]], trackHistory: ({ amount }) => ({ amount }) }),
      }));
    const { files, diagnostics } = compile(p, { target: "databricks", catalog: "dev" });
    expect(diagnostics.filter((d) => d.code === "TARGET007")).toEqual([]);
    const [sql, py] = files.filter((f) => f.path.includes("history"));
    expect([sql?.path, py?.path]).toEqual(["04_silver_history.sql", "04_silver_history.py"]);
    expect(sql?.contents).toContain("CREATE TEMPORARY VIEW history_changes AS\nSELECT\n  id,");
    expect(sql?.contents).not.toContain("CREATE FLOW");
    expect(py?.contents.replace(/# made by .*/, "# made by …")).toBe(`from pyspark import pipelines as dp


# silver.history: the flow of its snapshots
# made by …
dp.create_auto_cdc_from_snapshot_flow(
    target="dev.silver.history",
    source="history_changes",
    keys=["id", "\`a.b\`"],
    stored_as_scd_type=2,
    track_history_except_column_list=["at", "ok"],
)
`);
  });
});

test("LAYOUT001, LAYOUT002, SRC009", () => {
  const p: Untyped = base.silver(($) => ({
    both: $.raw.partitionBy((r) => ({ region: r.region })).clusterBy((r) => ({ id: r.id })),
    flag: $.raw.clusterBy((r) => ({ ok: r.ok })),
  }));
  const codes = (of: Untyped) => analyze(of).map((d) => `${d.code} ${d.table}`);
  expect(codes(p).filter((c) => c.startsWith("LAYOUT"))).toEqual(["LAYOUT001 both", "LAYOUT002 flag"]);
  const filtered = pipeline("f").bronze({ raw: source.json("in/*.json", order).where((r) => r.amount.gt(1)) });
  expect(codes(filtered)).toEqual(["SRC009 raw"]);
});

describe("environments", () => {
  const refused = (environment: DatabricksEnvironment) => () => bundle(base, { environments: { dev: environment } });
  test.each<[DatabricksEnvironment, string]>([
    [{ serverless: false, edition: "PRO" }, "has no expectations"],
    [{ clusters: [{ label: "default" }] }, "serverless compute has no clusters"],
    [{ mode: "development", rootPath: "/Workspace/Shared/x" }, "the folder /Workspace/Shared/x"],
    [{ mode: "development", catalog: "c", createSchemas: true }, "the user's name before the schemas"],
    [{ createSchemas: true }, "there is none"],
  ])("BUNDLE003 %j", (environment, message) => {
    expect(refused(environment)).toThrow(
      expect.objectContaining({ code: "BUNDLE003", message: expect.stringContaining(message) }),
    );
  });

  test("production is held on to and has a folder; schemas are made where that is asked; no catalog is told", () => {
    const made = bundle(base, {
      environments: {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the bundle fills it in
        dev: { mode: "development", rootPath: "/Workspace/Users/${workspace.current_user.userName}/x" },
        prod: { mode: "production" },
      },
    });
    const root = made.files[0]?.contents ?? "";
    expect(root).toContain(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the bundle fills it in
      "root_path: /Workspace/Users/${workspace.current_user.userName}/.bundle/${bundle.name}/${bundle.target}",
    );
    expect(root.match(/prevent_destroy: true/g)).toHaveLength(1);
    expect(made.diagnostics.filter((d) => d.code === "BUNDLE004")).toHaveLength(2);
    const schemas = bundle(base, {
      environments: { prod: { catalog: "c", createSchemas: true, schemas: { bronze: "raw" } } },
    });
    expect(schemas.files[0]?.contents).toMatch(/schemas:\n +p_bronze:\n +catalog_name: c\n +name: raw\n/);
    expect(schemas.diagnostics).toEqual([]);
  });
});

test("what a reader of YAML could take for something else is no plain text", () => {
  for (const text of [
    "yes",
    "No",
    "on",
    "y",
    "null",
    "~",
    "1",
    "1e3",
    "0o17",
    "017",
    "1:20",
    "2024-01-01",
    ".5",
    ".inf",
    "",
    " a",
    "a ",
    "a: b",
    "a #b",
    "- a",
    "=",
    "<<",
    "a:",
    "é",
    "!x",
    "*x",
    "&x",
  ])
    expect(isPlain(text), text).toBe(false);
  for (const text of [
    "bronze",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the bundle fills it in
    "${var.catalog}",
    "../src/**",
    "https://x.example",
    "ada@example.com",
    "shop (production)",
  ])
    expect(isPlain(text), text).toBe(true);
  expect(quoted("a\u2028\u0085\u007f\n")).toBe('"a\\u2028\\u0085\\u007f\\n"');
});

test("a constant is cast once", () => {
  const p = pipeline("p")
    .bronze({ raw: source.json("in/*.json", { id: t.bigint() }) })
    .silver(($) => ({
      constants: $.raw.select(() => ({
        none: fn.lit(null, t.int()),
        concept: fn.lit(0n, t.bigint().id("concept")),
        whole: fn.lit(7, t.decimal(12, 2)),
      })),
    }));
  const sql = compile(p, { target: "databricks" }).files.map((file) => file.contents);
  expect(sql.join("\n")).toContain(`SELECT
  CAST(NULL AS INT) AS none,
  0L AS concept,
  CAST(7 AS DECIMAL(12, 2)) AS whole
FROM`);
});
