/** Every function that a door exports refuses what it would not read, in a call of one argument too many. */
import { readFileSync } from "node:fs";
import { MedallionError, pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { describe, expect, test } from "vitest";
import { keyValue } from "../axes/key-value.ts";

const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
const doors = Object.entries<{ "medallion-source"?: string }>(exports).flatMap(([door, at]) =>
  at["medallion-source"] === undefined ? [] : [door.replace(".", "medallion")],
);

type Called = (...given: unknown[]) => unknown;
const isClass = (value: unknown): boolean => /^class\b/.test(String(value));
const asFunction = (value: unknown): Called | undefined =>
  typeof value === "function" && !isClass(value) ? (value as Called) : undefined;

/** Its functions, and those of the objects that it exports: `pipeline`, `source.csv`. */
async function functionsOf(door: string): Promise<readonly (readonly [string, Called])[]> {
  const found: Readonly<Record<string, unknown>> = await import(door);
  return Object.entries(found).flatMap(([name, value]) => {
    const own = asFunction(value);
    if (own) return [[name, own] as const];
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([member, one]) => {
      const method = asFunction(one);
      return method ? [[`${name}.${member}`, method] as const] : [];
    });
  });
}

/** They read any number of arguments. */
const ANY = ["fn.coalesce", "fn.concat", "fn.greatest", "fn.least"];
const MANY = Array.from({ length: 10 }, () => undefined);

async function refusal(call: Called): Promise<string> {
  try {
    await call(...MANY);
    return "accepted";
  } catch (error) {
    if (!(error instanceof MedallionError)) return `${error}`;
    return error.code === "ARG001" && error.location?.includes("doors.test.ts")
      ? error.message
      : `${error.code} ${error}`;
  }
}

describe.each(doors)("%s", (door) => {
  test("counts what each function is given", async () => {
    for (const [name, call] of await functionsOf(door)) {
      if (ANY.includes(name)) continue;
      const last = name.replace(/.*\./, "");
      expect(await refusal(call), name).toMatch(new RegExp(`^${last}\\(\\) accepts (no|\\d) arguments?, not 10$`));
    }
  });
});

test("a source of a format from outside counts as the others do", async () => {
  expect(await refusal(source.of(keyValue) as unknown as Called)).toMatch(/accepts 3 arguments, not 10/);
});

test("so do the functions of an update: a query binds no values", async () => {
  const raw = source.json("x", { id: t.bigint() });
  await using update = await run(pipeline("p").bronze({ raw }), { inputs: { raw: [] } });
  for (const call of [update.query, update.rows, update.close])
    expect(await refusal(call as Called)).toMatch(/not 10$/);
});
