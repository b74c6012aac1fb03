/** Any one value of a manifest that is changed is refused: ids and facts are worked out again from the query. */
import { fromManifest, MedallionError } from "medallion";
import { expect, test } from "vitest";
import store from "../types/store.ts";

type Path = readonly (string | number)[];

const manifest: unknown = JSON.parse(JSON.stringify(store));
const CASES = Number(process.env["MEDALLION_CASES"] ?? 250);

function leaves(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [path];
  if (Array.isArray(value)) return value.flatMap((item, i) => leaves(item, [...path, i]));
  return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
}

/** The same JSON with one value changed to another of its type. */
function mutated(value: unknown, [step, ...rest]: Path): unknown {
  if (step === undefined) return changed(value);
  if (Array.isArray(value)) return value.map((item, i) => (i === step ? mutated(item, rest) : item));
  return Object.fromEntries(
    Object.entries(value ?? {}).map(([key, item]) => [key, key === step ? mutated(item, rest) : item]),
  );
}

function changed(value: unknown): unknown {
  if (typeof value === "boolean") return !value;
  return typeof value === "number" ? value + 1 : `${value}x`;
}

/** All kinds of values, and of each as many as there is time for. */
const every = leaves(manifest);
const stride = Math.max(1, Math.floor(every.length / CASES));
const kind = (path: Path) => path.filter((step) => typeof step === "string").join(".");
const seen = new Set<string>();
const chosen = every.filter(
  (path, i) => i % stride === 0 || (!seen.has(kind(path)) && path.length < 6 && seen.add(kind(path))),
);

test("every value of a manifest but the pipeline's name is held by another", () => {
  expect(chosen.length).toBeGreaterThan(150);
  const accepted: string[] = [];
  for (const path of chosen) {
    try {
      fromManifest(mutated(manifest, path));
      accepted.push(path.join("."));
    } catch (error) {
      expect(error).toBeInstanceOf(MedallionError);
    }
  }
  expect(accepted).toEqual(["name"]);
}, 60_000);

test("a label that is taken out of a manifest is missed by what is made of its column, or by gold", () => {
  const labelled = every.filter((path) => path.at(-2) === "labels");
  expect(labelled.length).toBeGreaterThan(10);
  const without = (value: unknown, [step, ...rest]: Path): unknown => {
    if (Array.isArray(value) && rest.length === 0) return value.filter((_, i) => i !== step);
    if (Array.isArray(value)) return value.map((item, i) => (i === step ? without(item, rest) : item));
    return Object.fromEntries(
      Object.entries(value ?? {}).map(([key, item]) => [key, key === step ? without(item, rest) : item]),
    );
  };
  for (const path of labelled) {
    expect(() => fromManifest(without(manifest, path)), path.join(".")).toThrow(MedallionError);
  }
});

test("a history that a manifest moves to gold is refused", () => {
  const text = JSON.stringify(manifest);
  const moved = (name: string) => text.replace(`"name":"${name}","layer":"silver"`, `"name":"${name}","layer":"gold"`);
  expect(moved("customers")).not.toBe(text);
  expect(() => fromManifest(JSON.parse(moved("customers")))).toThrow("a change target is silver");
});
