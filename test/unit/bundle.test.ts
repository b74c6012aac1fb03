import { compile, fromManifest } from "medallion";
import { type BundleOptions, bundle, type DatabricksEnvironment } from "medallion/databricks";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import shop from "../../examples/shop/pipeline.ts";
import { withoutPlaces } from "../places.ts";
import { EVERY_SETTING, regional } from "./environments.ts";

type Files = Readonly<Record<string, string>>;

function files(options: BundleOptions, pipeline: Parameters<typeof bundle>[0] = shop): Files {
  return Object.fromEntries(bundle(pipeline, options).files.map((f) => [f.path, f.contents]));
}

/** A file of the bundle as data. */
const data = (of: Files, path: string) => parse(of[path] ?? "");
const one = (environment: DatabricksEnvironment): Files => files({ environments: { dev: environment } });
const resource = (environment: DatabricksEnvironment) =>
  data(one(environment), "resources/shop.pipeline.yml").resources.pipelines.shop;

test("every setting, over three environments", async () => {
  const all = files({ environments: EVERY_SETTING, defaultEnvironment: "dev", name: "regional_bundle" }, regional);
  const yaml = ["databricks.yml", "resources/regional.pipeline.yml"].map((path) => `#### ${path}\n${all[path]}`);
  await expect(yaml.join("\n").replaceAll(/from \S+environments\.ts/g, "from environments.ts")).toMatchFileSnapshot(
    "../golden/regional.bundle.yml",
  );
});

test("one environment: its settings are in the resource, its names are variables", () => {
  const all = one({ host: "https://x.example", catalog: "dev" });
  expect(data(all, "databricks.yml").targets).toEqual({
    dev: { workspace: { host: "https://x.example" }, variables: { catalog: "dev", schema: "bronze" } },
  });
  expect(data(all, "resources/shop.pipeline.yml").resources.pipelines.shop).toEqual({
    name: "shop",
    catalog: "${var.catalog}",
    schema: "${var.schema}",
    serverless: true,
    development: false,
    continuous: false,
    channel: "CURRENT",
    configuration: { "spark.sql.ansi.enabled": "true", "spark.sql.session.timeZone": "UTC" },
    root_path: "../src",
    libraries: [{ glob: { include: "../src/**" } }],
  });
});

describe("SQL", () => {
  const sql = (all: Files) => Object.keys(all).filter((path) => path.endsWith(".sql"));

  test("is that of compile, once for environments with the same schemas", () => {
    const all = files({ environments: { dev: { catalog: "dev" }, prod: { catalog: "prod" } } });
    const compiled = compile(shop, { target: "databricks" }).files;
    expect(sql(all)).toEqual(compiled.map((f) => `src/${f.path}`));
    for (const file of compiled) expect(all[`src/${file.path}`]).toBe(file.contents);
  });

  test("is one per environment where the schemas differ, and the target picks its own", () => {
    const all = files({ environments: { dev: { schemas: { silver: "clean" } }, prod: {} } });
    expect(all["src/dev/03_silver_orders.sql"]).toContain("TABLE clean.orders");
    expect(all["src/prod/03_silver_orders.sql"]).toContain("TABLE silver.orders");
    expect(sql(all)).toHaveLength(10);
    const { libraries, root_path } = data(all, "resources/shop.pipeline.yml").resources.pipelines.shop;
    expect([libraries, root_path]).toEqual([
      [{ glob: { include: "../src/${bundle.target}/**" } }],
      "../src/${bundle.target}",
    ]);
  });
});

describe("parameters and configuration", () => {
  const region = { region: "eu", catalog: "raw", "limits.top": 1 };
  const of = (environment: DatabricksEnvironment) => files({ environments: { dev: environment } }, regional);

  test("parameters are variables, with their defaults; a name that cannot be one keeps its value", () => {
    const all = of({ catalog: "dev", params: region });
    expect(data(all, "databricks.yml").targets.dev.variables).toEqual({
      catalog: "dev",
      schema: "bronze",
      region: "eu",
      least: "100",
    });
    expect(data(all, "resources/regional.pipeline.yml").resources.pipelines.regional).toMatchObject({
      catalog: "${var.catalog}",
      configuration: { region: "${var.region}", least: "${var.least}", catalog: "raw", "limits.top": "1" },
    });
    expect(all["src/01_bronze_raw.sql"]).toContain("'/Volumes/${catalog}/landing/${region}/*.json'");
  });

  test("a quote in a value does not end the text that it stands in", () => {
    const all = of({ params: { ...region, region: "l'eau\\d'or" } });
    expect(data(all, "databricks.yml").targets.dev.variables.region).toBe("l\\'eau\\\\d\\'or");
  });

  test("what differs is a setting of its target", () => {
    const all = files({
      environments: {
        dev: { configuration: { only_dev: 1, both: "x" } },
        prod: { configuration: { "a.b": true, both: "x" } },
      },
    });
    const { targets } = data(all, "databricks.yml");
    expect(targets.dev.resources.pipelines.shop.configuration).toEqual({ only_dev: "1" });
    expect(targets.prod.resources.pipelines.shop.configuration).toEqual({ "a.b": "true" });
    expect(data(all, "resources/shop.pipeline.yml").resources.pipelines.shop.configuration).toMatchObject({
      both: "x",
    });
  });

  test("configuration wins over what the bundle sets, and hostile text stays text", () => {
    const hostile = "yes\n- # : {a} \"'\u0000\u2028 *x &y !z %";
    const given = { "spark.sql.session.timeZone": "Europe/Berlin", "a.b": hostile, "no.c": "no" };
    expect(resource({ configuration: given }).configuration).toMatchObject(given);
  });

  test.each<[string, DatabricksEnvironment, string]>([
    ["PARAM002", { params: { catalog: "raw", "limits.top": 1 } }, '"region" of bronze.raw has no value'],
    ["PARAM003", { params: { ...region, regoin: "eu" } }, 'no parameter "regoin"'],
  ])("%s %j", (code, environment, message) => {
    expect(() => of(environment)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });
});

test("the same pipeline gives the same bundle, from its manifest too", () => {
  const options = { environments: EVERY_SETTING };
  const again = fromManifest(JSON.parse(JSON.stringify(regional)));
  expect(withoutPlaces(bundle(again, options))).toEqual(withoutPlaces(bundle(regional, options)));
  expect(JSON.stringify(bundle(regional, options))).toBe(JSON.stringify(bundle(regional, options)));
});

test("both files say where they come from", () => {
  for (const path of ["databricks.yml", "resources/shop.pipeline.yml"]) {
    expect(one({})[path]).toMatch(
      /^# Databricks Asset Bundle of the pipeline "shop"\.\n# Made by medallion from .*shop\/pipeline\.ts/,
    );
  }
});

test.each<[string, BundleOptions["environments"], string]>([
  ["BUNDLE001", {}, "needs an environment"],
  ["BUNDLE001", { "a b": {} }, '"a b" cannot name a target'],
  ["BUNDLE002", { dev: { catalog: "dev" }, prod: {} }, '"prod" names no catalog'],
  ["BUNDLE003", { dev: { photon: false } }, "Photon"],
  ["BUNDLE003", { dev: { edition: "PRO" } }, "edition"],
  ["BUNDLE003", { dev: { mode: "production", development: true } }, "development: true"],
  ["BUNDLE003", { dev: { serverless: false, budgetPolicyId: "x" } }, "budget policy"],
  ["BUNDLE003", { dev: { serverless: false, usagePolicyId: "x" } }, "usage policy"],
  ["BUNDLE003", { dev: { usagePolicyId: "x", budgetPolicyId: "x" } }, "usagePolicyId"],
  ["BUNDLE003", { dev: { tags: Object.fromEntries(Array.from({ length: 26 }, (_, i) => [`t${i}`, ""])) } }, "25 tags"],
])("%s %j", (code, environments, message) => {
  expect(() => bundle(shop, { environments })).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message), help: expect.stringMatching(/\w/) }),
  );
});

test("a default environment that there is not", () => {
  expect(() => bundle(shop, { environments: { dev: {} }, defaultEnvironment: "prod" })).toThrow(
    expect.objectContaining({ code: "BUNDLE001", help: expect.stringContaining("dev") }),
  );
});
