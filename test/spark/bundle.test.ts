/** Asset Bundles, read with the models of PyPI's `databricks-bundles`: a field that there is not is refused. */
import { execFileSync } from "node:child_process";
import path from "node:path";
import fc from "fast-check";
import { type BundleOptions, bundle } from "medallion/databricks";
import { expect, test } from "vitest";
import { EVERY_SETTING, regional } from "../unit/environments.ts";

const PYTHON = path.resolve(import.meta.dirname, "../../.spark/venv/bin/python");

type Files = Readonly<Record<string, string>>;

/** The pipelines of each bundle, by target and name. */
function read(bundles: readonly Files[]) {
  const told = execFileSync(PYTHON, [path.join(import.meta.dirname, "bundle.py")], {
    input: JSON.stringify(bundles),
    encoding: "utf8",
    stdio: ["pipe", "pipe", "pipe"],
  });
  return JSON.parse(told);
}

function files(options: BundleOptions): Files {
  return Object.fromEntries(bundle(regional, options).files.map((f) => [f.path, f.contents]));
}

test("every setting is one that the models know, together and alone", () => {
  const alone = Object.entries(EVERY_SETTING).map(([name, given]) => files({ environments: { [name]: given } }));
  const [together, ...others] = read([files({ environments: EVERY_SETTING }), ...alone]);
  expect(Object.keys(together)).toEqual(Object.keys(EVERY_SETTING));
  expect(together.prod.regional).toMatchObject({
    name: "shop (production)",
    catalog: "${var.catalog}",
    serverless: false,
    continuous: true,
    edition: "ADVANCED",
    photon: true,
    configuration: { "spark.sql.ansi.enabled": "true", region: "${var.region}", debug: "false", catalog: "raw_prod" },
    notifications: [
      { alerts: expect.arrayContaining(["on-flow-failure"]) },
      { email_recipients: ["boss@example.com"] },
    ],
    permissions: [{ level: "CAN_VIEW", group_name: "analysts" }, { level: "CAN_RUN" }, { level: "CAN_MANAGE" }],
    run_as: { service_principal_name: "11111111-2222-3333-4444-555555555555" },
    event_log: { name: "shop_events", catalog: "ops", schema: "logs" },
    libraries: [{ glob: { include: expect.stringContaining("src/") } }],
  });
  expect(together.dev.regional).toMatchObject({ development: true, channel: "PREVIEW", usage_policy_id: "u-1" });
  // What a target is does not depend on which other targets there are, but for the folder of its SQL.
  const names = Object.keys(EVERY_SETTING);
  for (const [i, name] of names.entries()) {
    const { libraries: _, root_path: __, ...own } = others[i][name].regional;
    expect(together[name].regional).toMatchObject(own);
  }
});

test("a field that the models do not know is refused", () => {
  const made = files({ environments: { dev: EVERY_SETTING["dev"] ?? {} } });
  const wrong = {
    ...made,
    "resources/regional.pipeline.yml": "resources: { pipelines: { regional: { serverles: true } } }",
  };
  expect(() => read([wrong])).toThrow(/Unexpected field 'serverles' for class Pipeline/);
});

test("every text that a setting can have is read back as it is, as a key too", () => {
  const odd = [
    "yes",
    "No",
    "on",
    "y",
    "null",
    "~",
    "1:20",
    "0o17",
    "017",
    "1e3",
    "2024-01-01",
    ".inf",
    "<<",
    "=",
    "-",
    "?",
    "",
  ];
  const seed = Number(process.env["MEDALLION_SEED"] ?? 1);
  const drawn = fc.sample(fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme-ascii" })), {
    numRuns: Number(process.env["MEDALLION_CASES"] ?? 200),
    seed,
  });
  const texts = [...odd, ...drawn, "\u0085\u2028\ufeff\u007f", "a\r\nb\tc"];
  const configuration = Object.fromEntries([
    ...texts.map((text, i) => [`k${i}`, text]),
    ...texts.filter((text) => text !== "").map((text) => [text, "v"]),
  ]);
  const params = { region: "eu", catalog: "raw", "limits.top": 1 };
  const [told] = read([files({ environments: { dev: { configuration, params } } })]);
  expect(told.dev.regional.configuration).toMatchObject(configuration);
});
