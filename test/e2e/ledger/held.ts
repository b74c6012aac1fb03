/** Files as they are delivered, and whether a table holds the rows that it should. */
import fc from "fast-check";
import type { Update } from "medallion/run";
import { expect } from "vitest";
import { write } from "../support.ts";
import { FOLDERS, row } from "./drawn.ts";
import type { Delivery, Held, Row, Table } from "./model.ts";

export const delivery = fc
  .tuple(...FOLDERS.map(() => fc.array(row, { maxLength: 5 })))
  .map((rows): Delivery => new Map(FOLDERS.map((name, i) => [name, rows[i] ?? []])));

export async function deliver(place: string, given: Delivery, name: string): Promise<void> {
  for (const [to, rows] of given) {
    if (rows.length === 0) continue;
    await write(place, `${to}/${name}.json`, rows.map((one) => `${JSON.stringify(one)}\n`).join(""));
  }
}

export const together = (all: readonly Delivery[]): Delivery =>
  new Map(FOLDERS.map((name) => [name, all.flatMap((one) => one.get(name) ?? [])]));

export async function holdRows(
  update: Update,
  { name, query, rules, required }: Table,
  state: { readonly rows: readonly Row[]; readonly quarantine: readonly Held[] },
): Promise<void> {
  const of = `${query ? "silver" : "bronze"}.${name}`;
  const found = await update.query(`SELECT id, k, v FROM ${of}`);
  expect(bag(found.map(({ id, k, v }) => [id, k, v])), of).toEqual(bag(state.rows.map(({ id, k, v }) => [id, k, v])));
  const hasQuarantine = required.length > 0 || rules.some((rule) => rule.action === "quarantine");
  if (!hasQuarantine) return expect(state.quarantine).toEqual([]);
  const aside = await update.query(`SELECT id, k, v, _broken_rules FROM ${of}_quarantine`);
  expect(bag(aside.map((one) => [one["id"], one["k"], one["v"], one["_broken_rules"]])), `${of}_quarantine`).toEqual(
    bag(state.quarantine.map(({ id, k, v, broken }) => [id, k, v, broken])),
  );
}

const bag = (rows: readonly (readonly unknown[])[]): readonly string[] => rows.map((one) => JSON.stringify(one)).sort();
