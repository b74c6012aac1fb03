/** Everything that the target prints is taken by Spark's own parser, one statement at a time. */
import { type AnyPipeline, type CompileOptions, compile, fromManifest, pipeline, source, t } from "medallion";
import { afterAll, describe, expect, test } from "vitest";
import flights from "../../examples/flights/pipeline.ts";
import shop from "../../examples/shop/pipeline.ts";
import everything from "../fixtures/pipelines/everything.ts";
import features from "../fixtures/pipelines/spark.ts";
import { sparkSession } from "./session.ts";

const spark = await sparkSession();
afterAll(() => spark.close());

const hostile = pipeline("hostile")
  .bronze({
    select: source
      .json("a b/'*.json", {
        "or`der": t.int(),
        "it's \\ $x": t.string().comment("-- ; 'no' ${y} \n end").nullable(),
      })
      .comment("it's; a \\ comment -- ${z}"),
  })
  .silver(($) => ({
    group: $.select
      .expectOrFail({ "rule 'of' \\ `it`": (c) => c["or`der"].gt(0) })
      .expect({ "a;b": (c) => c["or`der"].lt(9) }),
  }));

const CASES: readonly (readonly [name: string, p: AnyPipeline, options: Partial<CompileOptions>])[] = [
  ["everything", everything, {}],
  ["everything with AUTO CDC", everything, { autoCdc: { catalog: "my lake" } }],
  ["everything, a file a layer", everything, { layout: "layer", schemas: { bronze: "raw data" } }],
  ["features", features, { params: { landing: "x" } }],
  ["features with AUTO CDC", features, { autoCdc: true, params: { landing: "it's" } }],
  ["shop", shop, {}],
  ["flights", flights, {}],
  ["hostile names", hostile, {}],
  ["a manifest", fromManifest(JSON.parse(JSON.stringify(everything))), {}],
];

describe.each(CASES)("%s", (_, p, options) => {
  test("parses", async () => {
    const { files } = compile(p, { target: "spark", ...options });
    const statements = files.filter((f) => f.path.endsWith(".sql")).flatMap((f) => statementsOf(f.contents));
    expect(statements.length).toBeGreaterThan(0);
    for (const statement of statements) expect(await spark.parse(statement), statement).toBeUndefined();
  });
});

/** Cut at the semicolons that end a line outside of quotes and comments. */
function statementsOf(text: string): readonly string[] {
  const tokens = text.match(/'(?:[^'\\]|\\[\s\S])*'|`(?:[^`]|``)*`|--[^\n]*|;|[^'`;-]+|-/g) ?? [];
  const found = [""];
  for (const token of tokens) {
    if (token === ";") found.push("");
    else found[found.length - 1] += token;
  }
  return found.filter((s) => s.replace(/--[^\n]*/g, "").trim() !== "");
}
