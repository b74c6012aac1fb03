/** Secrets: a salt is given where the SQL runs, and stands nowhere else. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import { analyze, compile, lineage, MedallionError, param, pipeline, source, t } from "medallion";
import { bundle } from "medallion/databricks";
import { run } from "medallion/run";
import { afterAll, expect, test } from "vitest";

const SALT = "s3cr3t-salt-value";
const folder = mkdtempSync(path.join(tmpdir(), "medallion-secrets-"));
mkdirSync(path.join(folder, "in"));
writeFileSync(path.join(folder, "in/a.csv"), "id,email\n1,ada@example.com\n");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const salted = pipeline("salted")
  .bronze({ raw: source.csv("in/*.csv", { id: t.bigint(), email: t.string().pii("email") }) })
  .silver(($) => ({ people: $.raw.key((c) => c.id) }))
  .gold(($) => ({
    who: $.people
      .select((c) => ({
        id: c.id,
        hash: c.email.sha256(param.secret("salt", { scope: "governance" })),
        token: c.email.tokenize(param.secret("salt", { scope: "governance" })),
      }))
      .materialized(),
  }));

test("a secret is read where the SQL runs", () => {
  expect(analyze(salted)).toEqual([]);
  const gold = (target: "databricks" | "spark" | "duckdb") =>
    compile(salted, { target }).files.find((file) => file.path.endsWith("_gold_who.sql"))?.contents;
  expect(gold("databricks")).toContain("sha2(secret('governance', 'salt') || email, 256) AS hash");
  expect(gold("spark")).toContain("sha2(coalesce(nullif('$" + "{salt}', concat('$', '{salt}')), raise_error(");
  expect(gold("duckdb")).toContain("getvariable('medallion_salt')");
  const bundled = bundle(salted, { environments: { dev: { host: "https://x.cloud.databricks.com", catalog: "dev" } } });
  expect(JSON.stringify(bundled.files)).not.toContain('"salt"');
});

test("the pseudonym is that of the value given, which stands nowhere: not in state, events, results or errors", async () => {
  const warehouse = path.join(folder, "w.duckdb");
  const events: unknown[] = [];
  const update = await run(salted, {
    baseDir: folder,
    warehouse,
    params: { salt: SALT },
    onEvent: (e) => events.push(e),
  });
  const [row] = await update.query(`SELECT hash = sha256('${SALT}' || 'ada@example.com') AS same, token FROM gold.who`);
  expect(row).toMatchObject({ same: true, token: expect.stringMatching(/^tok_[0-9a-f]{16}$/) });
  const tables = ["event_log", "tables", "inputs"];
  const asked = [...tables.map((name) => `_medallion.${name}`), "duckdb_variables()", "duckdb_settings()"];
  const state = await Promise.all(asked.map((from) => update.query(`SELECT * FROM ${from}`)));
  await update.close();
  const told = [inspect({ update, state, events, salted, lineage: lineage(salted) }, { depth: 20, showHidden: true })];
  for (const text of [...told, JSON.stringify(salted), readFileSync(warehouse, "latin1")])
    expect(text).not.toContain(SALT);
});

test("another value makes the pseudonyms of a materialized view again, the same one does not", async () => {
  const warehouse = path.join(folder, "again.duckdb");
  const skipped = async (salt: string) => {
    await using update = await run(salted, { baseDir: folder, warehouse, params: { salt } });
    return update.tables.find((table) => table.name === "who")?.skipped;
  };
  expect([await skipped(SALT), await skipped(SALT), await skipped("another")]).toEqual([false, true, false]);
});

test("a secret without a value is an error that names it, and one of a wrong kind does not show it", async () => {
  await expect(run(salted, { baseDir: folder })).rejects.toMatchObject({
    code: "PARAM002",
    help: expect.stringMatching(/process\.env\["SALT"\]/),
  });
  await expect(run(salted, { baseDir: folder, params: { salt: "" } })).rejects.toMatchObject({
    code: "PARAM003",
    message: expect.stringContaining("empty"),
  });
});

test("a salt that stands in the text is reported, and a secret is nothing but a salt", () => {
  const raw = () => source.csv("in/*.csv", { id: t.bigint(), email: t.string().pii("email") });
  const plain = pipeline("plain")
    .bronze({ raw: raw() })
    .silver(($) => ({ s: $.raw.derive((c) => ({ x: c.email.sha256(SALT) })) }));
  expect(analyze(plain)).toEqual([expect.objectContaining({ code: "PII004", severity: "warning", table: "s" })]);
  expect(JSON.stringify(lineage(plain))).not.toContain(SALT);
  const secret = param.secret("salt", { scope: "governance" });
  // @ts-expect-error a secret is no column
  expect(() => raw().derive(() => ({ x: secret }))).toThrow(expect.objectContaining({ code: "EXPR001" }));
  // @ts-expect-error nor a value to compare with
  expect(() => raw().where((c) => c.email.eq(secret))).toThrow(MedallionError);
  expect(() => param.secret("salt", { scope: "a b" })).toThrow(expect.objectContaining({ code: "PARAM001" }));
});
