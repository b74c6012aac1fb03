/** A value of a labelled column stands in a quarantine only where the quarantine's own column carries its label. */
import fc from "fast-check";
import { fn, lineage, pipeline, source, t } from "medallion";
import { expect, test } from "vitest";
import { place } from "./place.ts";

const column = fc.record({
  type: fc.constantFrom("text", "number", "maybe"),
  labelled: fc.boolean(),
  bad: fc.boolean(),
});

type Given = typeof column extends fc.Arbitrary<infer G> ? G : never;

/** `token3x`: a value that no other column has. */
const token = (i: number) => `token${i}x`;
const label = (i: number) => `label_${i}`;

function declared(columns: readonly Given[]) {
  return Object.fromEntries(
    columns.map(({ type, labelled }, i) => {
      const plain = type === "text" ? t.string() : type === "number" ? t.bigint() : t.bigint().nullable();
      return [`c${i}`, labelled ? plain.pii(label(i)) : plain] as const;
    }),
  );
}

/** A text always holds its token; a number does where it is to be bad. */
const valueIn = ({ type, bad }: Given, i: number) => (type === "text" || bad ? token(i) : String(i));

const numRuns = Number(process.env["MEDALLION_CASES"] ?? 8);

test("whatever is declared, read and broken", async () => {
  const given = fc.record({ columns: fc.array(column, { minLength: 2, maxLength: 4 }), json: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(given, async ({ columns, json }) => {
      const here = await place();
      const names = columns.map((_, i) => `c${i}`);
      const values = columns.map(valueIn);
      const record = Object.fromEntries([...names.map((name, i) => [name, values[i]]), ["extra", "undeclared"]]);
      await here.write(
        json ? "in/a.json" : "in/a.csv",
        json
          ? `${JSON.stringify(record)}\n{"c0": broken ${values.join(" ")}\n`
          : `${Object.keys(record).join(",")}\n${Object.values(record).join(",")}\n${values.join(",")},1,2,3\n`,
      );
      const read = json ? source.json("in/*", declared(columns)) : source.csv("in/*", declared(columns));
      const p = pipeline("labels")
        .bronze({ raw: read })
        .silver(($) => ({ same: $.raw.expectOrQuarantine({ never: () => fn.lit(false) }) }));
      const { status } = await here.run(p);
      expect(status).toBe("completed");
      const labelsOf = new Map<string, readonly string[]>(
        lineage(p, { companions: true }).map((l) => [`${l.table}.${l.column}`, l.labels ?? []]),
      );
      const stored = [...labelsOf.keys()].filter((name) => name.includes("_quarantine."));
      const texts = await here.rows(
        stored
          .map((name) => {
            const [table = "", field] = name.split(".");
            const from = `${table === "raw_quarantine" ? "bronze" : "silver"}.${table}`;
            return `SELECT '${name}' AS name, "${field}"::VARCHAR AS held FROM ${from}`;
          })
          .join(" UNION ALL "),
      );
      let found = 0;
      for (const text of texts) {
        const [name = ""] = text.split(" ");
        for (const [i, { labelled }] of columns.entries()) {
          if (!labelled || !text.includes(token(i))) continue;
          found++;
          expect(labelsOf.get(name), `${text} of ${JSON.stringify(columns)}`).toContain(label(i));
        }
      }
      // The broken line is there as text, so that its tokens are found.
      const shown = columns.some((c, i) => c.labelled && valueIn(c, i) === token(i));
      expect(found > 0).toBe(shown);
    }),
    { numRuns },
  );
});
