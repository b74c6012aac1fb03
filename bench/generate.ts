/** A generated pipeline: sets of four tables (bronze, silver, history, gold) of 18 columns. */
import { analyze, compile, pipeline, source, t } from "medallion";

const KINDS = [
  () => t.string(),
  () => t.bigint(),
  () => t.double().unit("EUR"),
  () => t.timestamp(),
  () => t.string().pii("email"),
];

// biome-ignore lint/suspicious/noExplicitAny: names are made at run time, so there are no types to check against.
type Untyped = any;

/** `sets × 4` tables, added in steps of `perStep` sets, as a person's modules would. */
export function generated(sets: number, perStep = 50): Untyped {
  let p: Untyped = pipeline("big");
  for (let from = 0; from < sets; from += perStep) {
    const numbers = Array.from({ length: Math.min(perStep, sets - from) }, (_, i) => from + i);
    const each = (make: (i: number, s: number) => readonly [string, unknown]) =>
      Object.fromEntries(numbers.map((i) => make(i, i % 7)));
    p = p.bronze(
      each((i, s) => {
        const columns = Object.fromEntries(Array.from({ length: 15 }, (_, k) => [`c${k}_${s}`, KINDS[k % 5]?.()]));
        return [`b${i}`, source.json("x", { id: t.bigint(), fk: t.bigint(), ts: t.timestamp(), ...columns } as never)];
      }),
    );
    p = p.silver(($: Untyped) =>
      each((i, s) => [
        `s${i}`,
        $[`b${i}`]
          .where((c: Untyped) => c[`c2_${s}`].gt(0))
          .derive((c: Untyped) => ({ x: c[`c2_${s}`].times(2), y: c[`c0_${s}`].lower().concat("a") }))
          .key((c: Untyped) => c.id),
      ]),
    );
    p = p.scd2(($: Untyped) =>
      each((i) => [`h${i}`, $[`s${i}`].changes({ key: (c: Untyped) => c.id, sequenceBy: (c: Untyped) => c.ts })]),
    );
    p = p.gold(($: Untyped) =>
      each((i, s) => [
        `g${i}`,
        $[`s${i}`]
          .lookup(
            $[`s${i > from ? i - 1 : i}`],
            (c: Untyped) => c.fk,
            (l: Untyped, r: Untyped) => ({
              id: l.id,
              k: r[`c0_${i > from ? (i - 1) % 7 : s}`],
              x: l.x,
              z: l[`c7_${s}`],
            }),
          )
          .groupBy((c: Untyped) => ({ k: c.k }))
          .aggregate((c: Untyped) => ({ total: c.x.sum(), z: c.z.sum() })),
      ]),
    );
  }
  return p;
}

export function buildAnalyzeCompile(sets: number): { tables: number; build: number; analyze: number; compile: number } {
  const began = performance.now();
  const p = generated(sets);
  const built = performance.now();
  const errors = analyze(p).filter((d) => d.severity === "error");
  if (errors[0]) throw new Error(errors[0].message);
  const analyzed = performance.now();
  const { files } = compile(p, { target: "databricks" });
  return {
    tables: files.length,
    build: built - began,
    analyze: analyzed - built,
    compile: performance.now() - analyzed,
  };
}
