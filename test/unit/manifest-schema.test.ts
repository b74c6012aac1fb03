/** The JSON Schema of a manifest: what it says is what the reader says, as far as a schema can say it. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { type AnyPipeline, DefinitionError, fromManifest } from "medallion";
import { expect, test } from "vitest";
import flights from "../../examples/flights/pipeline.ts";
import shop from "../../examples/shop/pipeline.ts";
import { schemaOf } from "../../scripts/asked.ts";
import { MANIFEST_SCHEMA, manifestSchema } from "../../scripts/manifest-schema.ts";
import clauses from "../fixtures/pipelines/clauses.ts";
import everything from "../fixtures/pipelines/everything.ts";
import features from "../fixtures/pipelines/spark.ts";
import { genes } from "../spark/random/genes.ts";
import { programOf } from "../spark/random/program.ts";
import { regional } from "./environments.ts";

const validate = new Ajv2020({ allErrors: false, strict: true, strictTypes: false, strictRequired: false }).compile(
  MANIFEST_SCHEMA,
);
const faults = (json: unknown) => (validate(json) ? [] : validate.errors);

const pipelines: Readonly<Record<string, AnyPipeline>> = { shop, flights, clauses, everything, features, regional };

const bounds = { numRuns: Number(process.env["MEDALLION_CASES"] ?? 150) };

test("the shipped schema is that of the lists: npm run docs writes it", () => {
  expect(readFileSync(new URL("../../schemas/manifest.schema.json", import.meta.url), "utf8")).toBe(manifestSchema());
});

test.each(Object.keys(pipelines))("the manifest of %s is valid, with places and without", (name) => {
  expect(faults(JSON.parse(JSON.stringify(pipelines[name])))).toEqual([]);
  expect(faults(JSON.parse(JSON.stringify(pipelines[name]?.toNode())))).toEqual([]);
});

test("random pipelines are valid", () => {
  fc.assert(
    fc.property(genes, (gene) => {
      expect(faults(JSON.parse(JSON.stringify(programOf(gene).pipeline)))).toEqual([]);
    }),
    { ...bounds, numRuns: Math.min(bounds.numRuns, 100) },
  );
});

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Every value of a manifest, with what holds it. */
function places(json: Json): readonly { readonly holder: Json[] | { [name: string]: Json }; readonly part: string }[] {
  if (typeof json !== "object" || json === null) return [];
  return Object.entries(json).flatMap(([part, value]) => [{ holder: json, part }, ...places(value)]);
}

const CHANGES = {
  remove: (holder, part) => (Array.isArray(holder) ? void holder.splice(Number(part), 1) : delete holder[part]),
  "to null": (holder, part) => void Object.assign(holder, { [part]: null }),
  "to an object": (holder, part) => void Object.assign(holder, { [part]: {} }),
  "to a list": (holder, part) => void Object.assign(holder, { [part]: [] }),
  "to a number": (holder, part) => void Object.assign(holder, { [part]: 1.5 }),
  "to another word": (holder, part) => void Object.assign(holder, { [part]: "something else" }),
  "a further field": (holder) => void (Array.isArray(holder) || Object.assign(holder, { further: 1 })),
} satisfies Record<string, (holder: Json[] | { [name: string]: Json }, part: string) => unknown>;

/** Refused by what is at hand, not by what follows from the rest: a name that is not there, options of formats. */
const STRUCTURAL = /^MAN00[12]$/;
const BEYOND =
  /no such (?:table|column)|names no column|not a table that|not stored|one piece more|of a change target|not sorted|where a condition is expected|is not an aggregate|query\.options|settings\.(?:extensions|key|partitionBy|clusterBy)|is a setting|a flow of snapshots|\.(?:items|keys) is (?:empty|not empty)|measures is empty|is for a text|MAN00[3-6]/;

test("what the reader refuses for its shape is not valid", () => {
  const texts = [shop, clauses, features].map((p) => JSON.stringify(p));
  let structural = 0;
  const mutant = fc.record({
    of: fc.nat(texts.length - 1),
    where: fc.nat(),
    how: fc.constantFrom(...(Object.keys(CHANGES) as (keyof typeof CHANGES)[])),
  });
  fc.assert(
    fc.property(mutant, ({ of, where, how }) => {
      const json: Json = JSON.parse(texts[of] ?? "");
      const all = places(json);
      const place = all[where % all.length];
      if (!place) return;
      CHANGES[how](place.holder, place.part);
      const refused = refusal(json);
      if (refused === undefined) {
        expect(faults(json), "it is read").toEqual([]);
        return;
      }
      if (!STRUCTURAL.test(refused.code) || BEYOND.test(refused.message)) return;
      structural++;
      expect(faults(json), refused.message).not.toEqual([]);
    }),
    bounds,
  );
  expect(structural).toBeGreaterThan(0);
});

function refusal(json: Json): DefinitionError | undefined {
  try {
    fromManifest(json);
    return undefined;
  } catch (error) {
    if (error instanceof DefinitionError) return error;
    throw error;
  }
}

test("the schema of a setting is what its reader asks, and one that asks nothing has none", () => {
  expect(schemaOf({ read: (json) => json.list().map((one) => one.either("all", () => one.boolean())) })).toEqual({
    type: "array",
    items: { anyOf: [{ const: "all" }, { type: "boolean" }] },
  });
  expect(() => schemaOf({ read: (json) => json.value })).toThrow("does not ask what the value is");
  expect(() => schemaOf({ read: (json) => json.only(["days"]) })).toThrow("knows days, and does not read it");
});
