/**
 * A project of the shape that real ones have, as source text: areas of ten tables of many columns each. Two feeds become
 * one table that is cleaned in place, a dimension keeps its history, facts take columns of both with spreads, windows run
 * over them, and each area adds six layers to the pipeline of its module.
 */
import { type Module, range } from "./project.ts";

export const TABLES_PER_AREA = 10;
const AREAS_PER_MODULE = 5;

/** How columns are declared, in turn, and how each is made of a text. */
const KINDS: readonly (readonly [declared: string, fromText: (column: string) => string])[] = [
  ["t.string()", (c) => `${c}.trim().lower()`],
  ['t.decimal(12, 2).unit("EUR")', (c) => `${c}.replace(",", ".").cast(t.decimal(12, 2).unit("EUR"))`],
  ["t.string().nullable()", (c) => `${c}.nullIf("")`],
  ["t.bigint()", (c) => `${c}.cast(t.bigint()).plus(1)`],
  ["t.timestamp().nullable()", (c) => `${c}.tryCast(t.timestamp())`],
  ["t.boolean()", (c) => `fn.when(${c}.in("y", "Y"), true).otherwise(false)`],
  ["t.int().nullable()", (c) => `${c}.tryCast(t.int())`],
  ["t.date()", (c) => `${c}.splitPart(" ", 1).cast(t.date())`],
];
/** How many columns of a history a fact takes, however wide it is. */
const BROUGHT = 6;
const IDENTITY = 'id: t.bigint(), entity_id: t.bigint(), at: t.timestamp(), email: t.string().pii("email")';

/**
 * Modules of a pipeline of `areas × TABLES_PER_AREA` tables, whose sources have `columns` columns (at least 8) and an
 * identity; `index.ts` exports it as its default.
 */
export function shapedProject(areas: number, columns: number): readonly Module[] {
  const modules: Module[] = [];
  for (let from = 0; from < areas; from += AREAS_PER_MODULE) {
    const name = `module${modules.length}`;
    const text = [
      'import { fn, pipeline, source, t } from "medallion";',
      "",
      `export const ${name} = pipeline("${name}")`,
      ...range(from, Math.min(from + AREAS_PER_MODULE, areas)).map((area) => areaText(area, columns)),
    ];
    modules.push({ name: `${name}.ts`, text: `${text.join("\n")};\n` });
  }
  const names = modules.map(({ name }) => name.replace(".ts", ""));
  const index = [
    'import { pipeline } from "medallion";',
    ...names.map((name) => `import { ${name} } from "./${name}.ts";`),
    "",
    'export default pipeline("shaped")',
    ...names.map((name) => `  .include(${name})`),
  ];
  return [...modules, { name: "index.ts", text: `${index.join("\n")};\n` }];
}

/** Column names differ from area to area, so that no two records are of one type by chance. */
function areaText(area: number, columns: number): string {
  const event = (k: number) => `e${k}_${area % 7}`;
  const attribute = (k: number) => `d${k}_${area % 5}`;
  const each = (column: (k: number, kind: number) => string) =>
    range(0, columns)
      .map((k) => column(k, k % KINDS.length))
      .join(", ");
  const brought = (name: string) =>
    range(0, BROUGHT)
      .map((k) => `${name}_${k}: r.${attribute(k)}`)
      .join(", ");
  const events = each((k, kind) => `${event(k)}: ${KINDS[kind]?.[0]}`);
  const texts = each((k) => `${event(k)}: t.string()`);
  const attributes = each((k, kind) => `${attribute(k)}: ${KINDS[kind]?.[0]}`);
  const typed = each((k, kind) => `${event(k)}: ${KINDS[kind]?.[1](`c.${event(k)}`)}`);
  const sums = range(0, columns)
    .filter((k) => k % KINDS.length === 1)
    .map((k) => `sum_${k}: c.${event(k)}.sum(), mean_${k}: c.${event(k)}.avg()`);
  return `  .bronze({
    feed${area}: source.json("feed${area}/*.json", { ${IDENTITY}, ${events} }),
    late${area}: source.csv("late${area}/*.csv", { ${IDENTITY}, ${texts} }),
    changes${area}: source.json("changes${area}/*.json", {
      entity_id: t.bigint(), op: t.string(), changed_at: t.timestamp(), ${attributes},
    }),
  })
  .silver(($) => ({
    events${area}: $.feed${area}
      .union($.late${area}.select((c) => ({ id: c.id, entity_id: c.entity_id, at: c.at, email: c.email, ${typed} })))
      .where((c) => c.${event(1)}.gt(0).and(c.${event(5)}))
      .derive((c) => ({
        ${event(0)}: c.${event(0)}.trim().lower(),
        ${event(1)}: c.${event(1)}.round(2),
        ${event(2)}: c.${event(2)}.orElse("unknown"),
        ${event(4)}: c.${event(4)}.orElse(c.at),
        month: c.at.truncate("month"),
        is_late: c.${event(4)}.gt(c.at),
      }))
      .key((c) => c.id)
      .expectOrQuarantine({ in_time: (c) => c.${event(4)}.le(c.at), positive: (c) => c.${event(1)}.gt(0) })
      .comment("events of area ${area}"),
  }))
  .scd2(($) => ({
    history${area}: $.changes${area}.changes({
      key: (c) => c.entity_id,
      sequenceBy: (c) => c.changed_at,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ op, ...rest }) => rest,
    }),
  }))
  .silver(($) => ({
    current${area}: $.history${area}
      .where((c) => c.__END_AT.isNull())
      .select(({ __START_AT, __END_AT, changed_at, ...rest }) => ({ ...rest, since: __START_AT }))
      .key((c) => c.entity_id),
  }))
  .silver(($) => ({
    facts${area}: $.events${area}
      .lookup($.current${area}, (c) => c.entity_id, (l, r) => ({ ...l, ${brought("now")} }))
      .asOfJoin($.history${area}, {
        on: (l, r) => l.entity_id.eq(r.entity_id),
        at: (l) => l.at,
        select: ({ email, ...l }, r) => ({ ...l, domain: email.emailDomain(), ${brought("then")} }),
      })
      .key((c) => c.id),
  }))
  .silver(($) => ({
    ranked${area}: $.facts${area}
      .derive((c) => ({
        nth: fn.rowNumber().over({ partitionBy: c.entity_id, orderBy: [c.at, c.id] }),
        before: c.${event(1)}.lag().over({ partitionBy: c.entity_id, orderBy: [c.at, c.id] }),
        so_far: c.${event(1)}.sum().over({ partitionBy: c.entity_id, orderBy: c.at }),
        group_then: fn.when(c.then_0.eq(c.now_0), "same").otherwise("another"),
      }))
      .whereNotNull((c) => ({ now_0: c.now_0, then_0: c.then_0, ${event(6)}: c.${event(6)} })),
  }))
  .gold(($) => ({
    monthly${area}: $.ranked${area}
      .groupBy((c) => ({ month: c.month, kind: c.then_0, ${event(0)}: c.${event(0)} }))
      .aggregate((c) => ({ rows: fn.countRows(), entities: c.entity_id.countDistinct(), ${sums.join(", ")} }))
      .key((c) => [c.month, c.kind, c.${event(0)}]),
    wide${area}: $.ranked${area}
      .leftJoin(
        $.current${area},
        (l, r) => l.entity_id.eq(r.entity_id),
        ({ so_far, ...l }, { entity_id, ...r }) => ({ ...l, ...r }),
      )
      .where((c) => c.nth.eq(1)),
  }))`;
}
