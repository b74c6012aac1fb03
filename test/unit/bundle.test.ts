import { type BundleOptions, bundle, compile, type DatabricksEnvironment, fromManifest } from "medallion";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import shop from "../../examples/shop/pipeline.ts";
import { EVERY_SETTING } from "./environments.ts";

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
  const all = files({ environments: EVERY_SETTING, defaultEnvironment: "dev", name: "shop_bundle" });
  const yaml = ["databricks.yml", "resources/shop.pipeline.yml"].map((path) => `#### ${path}\n${all[path]}`);
  await expect(
    yaml.join("\n").replaceAll(/from \S+shop\/pipeline\.ts/g, "from examples/shop/pipeline.ts"),
  ).toMatchFileSnapshot("../golden/shop.bundle.yml");
});

test("one environment: its settings are in the resource, its names are variables", () => {
  const all = one({ host: "https://x.example", catalog: "dev", parameters: { region: "eu" } });
  expect(data(all, "databricks.yml").targets).toEqual({
    dev: { workspace: { host: "https://x.example" }, variables: { catalog: "dev", schema: "bronze", region: "eu" } },
  });
  expect(data(all, "resources/shop.pipeline.yml").resources.pipelines.shop).toEqual({
    name: "shop",
    catalog: "${var.catalog}",
    schema: "${var.schema}",
    serverless: true,
    development: false,
    continuous: false,
    channel: "CURRENT",
    configuration: { "spark.sql.ansi.enabled": "true", "spark.sql.session.timeZone": "UTC", region: "${var.region}" },
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

describe("parameters", () => {
  test("that all environments have are variables; the others are settings of their target", () => {
    const all = files({
      environments: {
        dev: { parameters: { region: "eu", only_dev: 1 } },
        prod: { parameters: { region: "us", "a.b": true } },
      },
    });
    const root = data(all, "databricks.yml");
    expect(Object.keys(root.variables)).toEqual(["schema", "region"]);
    expect(root.targets.dev.variables.region).toBe("eu");
    expect(root.targets.dev.resources.pipelines.shop.configuration).toEqual({ only_dev: "1" });
    expect(root.targets.prod.resources.pipelines.shop.configuration).toEqual({ "a.b": "true" });
  });

  test("called like a setting keep their own value", () => {
    expect(resource({ catalog: "dev", parameters: { catalog: "source", schema: "s" } })).toMatchObject({
      catalog: "${var.catalog}",
      configuration: { catalog: "source", schema: "s" },
    });
  });

  test("win over what the bundle sets, and hostile text stays text", () => {
    const hostile = "yes\n- # : {a} \"'\u0000\u2028 *x &y !z %";
    const { configuration } = resource({
      parameters: { "spark.sql.session.timeZone": "Europe/Berlin", "a.b": hostile, "no.c": "no" },
    });
    expect(configuration).toMatchObject({
      "spark.sql.session.timeZone": "Europe/Berlin",
      "a.b": hostile,
      "no.c": "no",
    });
  });
});

test("the same pipeline gives the same bundle, from its manifest too", () => {
  const options = { environments: EVERY_SETTING };
  const again = fromManifest(JSON.parse(JSON.stringify(shop)));
  expect(bundle(again, options)).toEqual(bundle(shop, options));
  expect(JSON.stringify(bundle(shop, options))).toBe(JSON.stringify(bundle(shop, options)));
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
