/** The Spark project: what its options do, and what it refuses. */
import { type AnyPipeline, type CompileOptions, compile, fromManifest, param, pipeline, source, t } from "medallion";
import { describe, expect, test } from "vitest";
import everything from "../fixtures/pipelines/everything.ts";
import features from "../fixtures/pipelines/spark.ts";
import { refused } from "../refused.ts";

const spark = (p: AnyPipeline, options: Partial<CompileOptions> = {}) => compile(p, { target: "spark", ...options });
const text = (p: AnyPipeline, options: Partial<CompileOptions> = {}) =>
  spark(p, options)
    .files.map((f) => f.contents)
    .join("\n");
const item = { id: t.bigint(), name: t.string() };
const raw = pipeline("p").bronze({ raw: source.json("raw/*.json", item) });

test("the spec says where the data, the state and the values are", () => {
  const options = {
    params: { landing: "land", most: 5 },
    baseDir: "/data/shop",
    storage: "s3://state/shop",
    catalog: "lake",
  };
  const spec = spark(features, options).files.find((f) => f.path === "spark-pipeline.yml")?.contents;
  expect(spec).toBe(`# features: a project of Spark Declarative Pipelines
name: "features"
catalog: "lake"
database: default
# Where the streams remember what they have read.
storage: "s3://state/shop"
configuration:
  spark.sql.ansi.enabled: "true"
  spark.sql.session.timeZone: "UTC"
  spark.sql.codegen.hugeMethodLimit: "8000"
  medallion.base: "file:///data/shop/"
  landing: "land"
  closed: "it\\\\'s \\\\\\\\ closed"
  most: "5"
libraries:
  - glob:
      include: transformations/**
`);
});

test("a parameter without a value is refused: Spark would compare with its name", () => {
  const p = raw.silver(($) => ({ some: $.raw.where((r) => r.name.eq(param.string("who"))) }));
  expect(refused(() => spark(p))).toMatchObject({
    code: "PARAM002",
    table: "some",
    location: expect.stringContaining("sdp.test.ts"),
  });
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a parameter of the pipeline in SQL.
  expect(text(p, { params: { who: "me" } })).toContain("name = '${who}'");
});

test("one file a layer, with the Python of its sources beside it", () => {
  expect(spark(everything, { layout: "layer" }).files.map((f) => f.path)).toEqual([
    "spark-pipeline.yml",
    "transformations/00_schemas.py",
    "transformations/bronze.py",
    "transformations/bronze.sql",
    "transformations/gold.sql",
    "transformations/silver.sql",
  ]);
});

describe("paths", () => {
  const load = (path: string) =>
    /\.load\((.*)\)/.exec(
      text(pipeline("p").bronze({ raw: source.json(path, item) }), path.includes("${") ? { params: { day: "1" } } : {}),
    )?.[1];
  test.each([
    ["raw/*.json", 'spark.conf.get("medallion.base") + "raw/*.json"'],
    ["raw/one.json", 'spark.conf.get("medallion.base") + "raw/{one.json}"'],
    ["/abs/x?.json", '"/abs/x?.json"'],
    ["s3://bucket/x/", '"s3://bucket/{x}/"'],
    ["a[1]/*.json", 'spark.conf.get("medallion.base") + "a\\\\[1\\\\]/*.json"'],
    ["deep/**/*.json", 'spark.conf.get("medallion.base") + "{deep}"'],
    [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a parameter of the pipeline in a path.
      "x/${day}/*.json",
      'spark.conf.get("medallion.base") + "x/" + spark.conf.get("day").replace("\\\\\'", "\'") + "/*.json"',
    ],
    [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a parameter of the pipeline in a path.
      "${day}/*.json",
      '(lambda path: path if path.lstrip("{").startswith("/") or ":" in path.split("/")[0] else spark.conf.get("medallion.base") + path)(spark.conf.get("day").replace("\\\\\'", "\'") + "/*.json")',
    ],
  ])("%s", (path, expected) => {
    expect(load(path)).toBe(expected);
  });

  const deep = "deep/**/*.x";
  test.each([
    ["CSV", pipeline("p").bronze({ raw: source.csv(deep, item) })],
    ["JSON", pipeline("p").bronze({ raw: source.json(deep, item) })],
    ["Parquet", pipeline("p").bronze({ raw: source.parquet(deep, item) })],
  ])("no option of %s that a path brings begins a statement", (_, p) => {
    const python = spark(p).files.flatMap((f) => (f.path.endsWith(".py") ? f.contents.split("\n") : []));
    expect(python.join("\n")).toContain('.option("pathGlobFilter", "*.x")');
    let depth = 0;
    for (const line of python) {
      if (depth === 0) expect(line).not.toMatch(/^ *\./);
      for (const bracket of line.replace(/(?<q>["'])(?:\\.|(?!\k<q>).)*\k<q>/g, "").match(/[([{}\])]/g) ?? [])
        depth += "([{".includes(bracket) ? 1 : -1;
    }
    expect(depth).toBe(0);
  });

  test("folders between two ** cannot be found", () => {
    expect(refused(() => load("a/**/b/*.json"))).toMatchObject({ code: "TARGET005" });
  });
});

describe("native: true", () => {
  const own = (given: object) =>
    pipeline("p").bronze({ raw: source.csv("raw/*.csv", item, { native: true, ...given }) });

  test("is Spark's own reader, over the declared types, and what it cannot read is quarantined", () => {
    const printed = text(own({ delimiter: ";", nullValues: ["NA"], encoding: "iso-8859-1" }));
    for (const option of [
      'format("csv")',
      '"enforceSchema", False',
      '"sep", ";"',
      '"nullValue", "NA"',
      '"iso-8859-1"',
    ]) {
      expect(printed).toContain(option);
    }
    expect(printed).toContain("CASE WHEN __corrupt IS NOT NULL THEN 'Spark cannot read it'");
    expect(printed).not.toMatch(/wholetext|regexp_extract_all/);
    const array = source.json("raw/*.json", item, { native: true, layout: "array" });
    expect(text(pipeline("p").bronze({ raw: array }))).toContain('.option("multiLine", True)');
  });

  test("is in the manifest, and asks for nothing that the reader does not have", () => {
    const copy = fromManifest(JSON.parse(JSON.stringify(own({}))));
    expect(text(copy)).toContain('format("csv")');
    expect(refused(() => own({ nullValues: ["NA", "-"] }))).toMatchObject({ code: "SRC002" });
    const nested = { id: t.int(), v: t.variant() };
    expect(refused(() => source.csv("raw/*.csv", nested, { native: true }))).toMatchObject({ code: "SRC002" });
    expect(source.json("raw/*.json", nested, { native: true })).toBeDefined();
  });
});

describe("change targets", () => {
  test("are materialized views, or AUTO CDC where the catalog can merge", () => {
    expect(text(everything)).not.toContain("AUTO CDC");
    const auto = spark(everything, { autoCdc: { catalog: "lake" } });
    const sql = auto.files.find((f) => f.path.endsWith("customer_history.sql"))?.contents;
    expect(sql).toContain("CREATE STREAMING TABLE lake.silver.customer_history;");
    expect(sql).toContain("STORED AS SCD TYPE 2\nTRACK HISTORY ON (country);");
    expect(auto.files.find((f) => f.path.endsWith("left_joined.sql"))?.contents).toContain(
      "JOIN lake.silver.customers",
    );
    expect(auto.files.find((f) => f.path.endsWith("00_schemas.py"))?.contents).toContain("`lake`.`silver`");
    const notes = (d: ReturnType<typeof spark>) => d.diagnostics.filter((n) => n.message.includes("scd"));
    expect(notes(spark(everything)).map((n) => n.severity)).toEqual(["info", "info"]);
    expect(notes(auto)).toEqual([]);
  });

  test("AUTO CDC leaves partitionBy() out, and that is reported", () => {
    const parted = raw.scd1(($) => ({
      last: $.raw
        .changes({ key: (r) => r.id, sequenceBy: (r) => r.id })
        .partitionBy((r) => ({ name: r.name }))
        .comment("c"),
    }));
    expect(text(parted)).toContain("PARTITIONED BY (name)");
    expect(text(parted, { autoCdc: true })).toContain("CREATE STREAMING TABLE silver.last\nCOMMENT 'c';");
    expect(spark(parted, { autoCdc: true }).diagnostics.map((d) => `${d.code} ${d.clause}`)).toContain(
      "TARGET004 partitionBy()",
    );
  });

  test("of what AUTO CDC has no words for stay materialized views", () => {
    const sql = text(features, { autoCdc: true, params: { landing: "x" } });
    expect(sql).toContain("CREATE MATERIALIZED VIEW silver.people");
    expect(sql.match(/AUTO CDC INTO/g)).toHaveLength(1);
    expect(sql).toMatch(
      /CREATE TEMPORARY VIEW history_changes AS\n[^;]*UNION ALL[^;]*;\n\nCREATE FLOW history_flow AS AUTO CDC/,
    );
  });
});

test("a backfill that is no stream, and a history of snapshots, are refused with a way out", () => {
  const grouped = raw.silver(($) => ({
    all: $.raw.backfill({
      old: $.raw
        .groupBy((r) => ({ name: r.name }))
        .aggregate((r) => ({ n: r.id.count() }))
        .select((r) => ({ id: r.n, name: r.name })),
    }),
  }));
  expect(refused(() => spark(grouped))).toMatchObject({
    code: "TARGET005",
    table: "all",
    help: expect.stringContaining("union()"),
  });
  expect(compile(grouped, { target: "databricks" }).files).toHaveLength(2);
  const history = raw.scd2(($) => ({ states: $.raw.snapshots({ key: (r) => r.id }) }));
  expect(refused(() => spark(history))).toMatchObject({ code: "TARGET005", table: "states" });
});

test("names that the project needs for itself are refused", () => {
  const twice = pipeline("p").bronze({ a: source.json("a/*.json", item), a_checked: source.json("b/*.json", item) });
  expect(refused(() => spark(twice))).toMatchObject({ code: "TARGET006", table: "a_checked" });
  const odd = pipeline("p").bronze({ a: source.json("a/*.json", { "x${y}": t.int() }) });
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a name that looks like a parameter.
  expect(refused(() => spark(odd))).toMatchObject({ code: "TARGET006", column: "x${y}" });
});
