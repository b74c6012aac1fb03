/**
 * What tables with rules, keys, lookups, flows and backfills hold after each update, worked out from their description in
 * plain TypeScript: nothing of the compiler or the engine is asked.
 */

export type Column = "id" | "k" | "v";
export const COLUMNS: readonly Column[] = ["id", "k", "v"];
/** All tables have rows of one shape. */
export type Row = Readonly<Record<Column, number | null>>;

export type Condition =
  /** `least` is the parameter of that name. */
  | { readonly is: "over"; readonly column: Column; readonly than: number | "least" }
  | { readonly is: "known"; readonly column: Column }
  | { readonly is: "same"; readonly columns: readonly [Column, Column] }
  | { readonly is: "not"; readonly of: Condition }
  | { readonly is: "either"; readonly of: readonly [Condition, Condition] };

export type Step =
  | { readonly do: "where"; readonly condition: Condition }
  | { readonly do: "known"; readonly columns: readonly Column[] }
  | { readonly do: "turn" | "loosen" }
  | { readonly do: "union"; readonly other: string }
  | { readonly do: "lookup"; readonly other: string; readonly on: readonly Column[]; readonly takes: Column }
  | { readonly do: "semi" | "anti"; readonly other: string; readonly on: readonly [Column, Column] }
  | {
      readonly do: "join" | "leftJoin" | "fullJoin";
      readonly other: string;
      readonly on: readonly [Column, Column];
      readonly takes: Column;
    }
  | { readonly do: "dedupe"; readonly key: Column; readonly orderBy: Column }
  | { readonly do: "group"; readonly by: Column };

export interface Query {
  readonly from: string;
  readonly steps: readonly Step[];
}

export type Action = "warn" | "drop" | "fail" | "quarantine";
export interface Rule {
  readonly name: string;
  readonly action: Action;
  readonly condition: Condition;
}

export interface Table {
  readonly name: string;
  /** Absent: the rows of the files in the folder of its name. */
  readonly query?: Query;
  /** Of a table of files: columns without which a row cannot be read. */
  readonly required: readonly Column[];
  readonly rules: readonly Rule[];
  readonly key: readonly Column[];
  readonly streaming: boolean;
  /** Of a table of files: by the folder; of others by their queries. */
  readonly flows: readonly { readonly name: string; readonly once: boolean; readonly query?: Query }[];
}

/** Rows that came to each folder since the last update. */
export type Delivery = ReadonlyMap<string, readonly Row[]>;

export interface Held extends Row {
  readonly broken: readonly string[];
}

/** What a table did in an update. Of a view, counts are those of a recompute. */
export interface Done {
  readonly status: "completed" | "failed" | "excluded";
  readonly read: number;
  readonly written: number;
  readonly dropped: number;
  readonly quarantined: number;
  readonly rules: ReadonlyMap<string, { readonly passed: number; readonly failed: number }>;
  /** Of the rows that were written, how many have a key that is null or that another row has too. */
  readonly keyless: number;
}

interface State {
  readonly rows: readonly Row[];
  readonly quarantine: readonly Held[];
  readonly generation: number;
  /** How many rows of each input, or of each folder, were read, and of which generation. */
  readonly read: ReadonlyMap<string, { readonly rows: number; readonly generation: number }>;
}

interface Judged {
  readonly rows: readonly Row[];
  readonly quarantine: readonly Held[];
  readonly done: Done;
}

export class Model {
  #tables: readonly Table[];
  readonly #states = new Map<string, State>();
  readonly #folders = new Map<string, readonly Row[]>();
  #generations = 0;

  constructor(tables: readonly Table[]) {
    this.#tables = tables;
  }

  /** What a table holds; undefined where it was never made. */
  state(name: string): Pick<State, "rows" | "quarantine"> | undefined {
    return this.#states.get(name);
  }

  /** `tables`: with the parameters of this update. Rows that a streaming table has taken stay as they are. */
  update(delivery: Delivery, fullRefresh: boolean, tables = this.#tables): ReadonlyMap<string, Done> {
    this.#tables = tables;
    for (const [folder, rows] of delivery) this.#folders.set(folder, [...(this.#folders.get(folder) ?? []), ...rows]);
    const all = new Map<string, Done>();
    for (const table of this.#tables) {
      const blocked = inputsOf(table).some((input) => all.get(input)?.status !== "completed");
      all.set(table.name, blocked ? NOTHING("excluded") : this.#table(table, fullRefresh));
    }
    return all;
  }

  #table(table: Table, fullRefresh: boolean): Done {
    const before = fullRefresh ? undefined : this.#resumed(table);
    const counts = { read: 0, dropped: 0 };
    const fresh = table.query === undefined ? this.#filesOf(table, before) : this.#rowsOf(table, before, counts);
    const judged = judge(table, fresh, { ...counts, already: before?.rows ?? [] });
    if (judged.done.status === "failed") return judged.done;
    this.#states.set(table.name, {
      rows: [...(before?.rows ?? []), ...judged.rows],
      quarantine: [...(before?.quarantine ?? []), ...judged.quarantine],
      generation: before?.generation ?? ++this.#generations,
      read: new Map(followed(table).map((input) => [input, this.#end(input)])),
    });
    return judged.done;
  }

  /** The state that a streaming table goes on from: none where an input of it was rebuilt. */
  #resumed(table: Table): State | undefined {
    const state = this.#states.get(table.name);
    if (!state || !table.streaming) return undefined;
    const same = followed(table).every((input) => state.read.get(input)?.generation === this.#end(input).generation);
    return same ? state : undefined;
  }

  #end(input: string): { rows: number; generation: number } {
    const state = this.#states.get(input);
    if (state) return { rows: state.rows.length, generation: state.generation };
    return { rows: this.#folders.get(input)?.length ?? 0, generation: 0 };
  }

  #filesOf(table: Table, before: State | undefined): readonly Row[] {
    return followed(table).flatMap((folder) =>
      (this.#folders.get(folder) ?? []).slice(before?.read.get(folder)?.rows ?? 0),
    );
  }

  #rowsOf({ query, streaming, flows }: Table, before: State | undefined, counts: Counts): readonly Row[] {
    const unread = (name: string) => {
      const rows = this.#rows(name).slice(before?.read.get(name)?.rows ?? 0);
      counts.read += streaming ? rows.length : 0;
      return rows;
    };
    const left = { read: 0, dropped: 0 };
    const queries = [query, ...flows.filter((f) => !f.once).map((f) => f.query)].filter((q) => q !== undefined);
    const rows = queries.flatMap((q) => this.#evaluate(q, unread, streaming ? counts : left));
    const once = before ? [] : flows.filter((f) => f.once).flatMap((f) => f.query ?? []);
    const filled = once.flatMap((q) => this.#evaluate(q, (name) => this.#rows(name), left));
    counts.read += streaming ? filled.length : rows.length;
    return [...rows, ...filled];
  }

  #rows(name: string): readonly Row[] {
    return this.#states.get(name)?.rows ?? [];
  }

  #evaluate({ from, steps }: Query, rows: (name: string) => readonly Row[], counts: Counts): readonly Row[] {
    return steps.reduce((given, step) => this.#step(step, given, rows, counts), rows(from));
  }

  #step(step: Step, given: readonly Row[], rows: (name: string) => readonly Row[], counts: Counts): readonly Row[] {
    switch (step.do) {
      case "where":
      case "known": {
        const kept = given.filter((row) =>
          step.do === "where" ? holds(step.condition, row) === true : step.columns.every((c) => row[c] !== null),
        );
        counts.dropped += given.length - kept.length;
        return kept;
      }
      case "loosen":
        return given;
      case "turn":
        return given.map(({ id, k, v }) => ({ id: k, k: v, v: id }));
      case "union":
        return [...given, ...rows(step.other)];
      case "lookup": {
        const key = this.#keyOf(step.other);
        const others = [...rows(step.other)].sort(byColumns(COLUMNS.filter((c) => !key.includes(c))));
        return given.map((row) => {
          const found = others.find((other) => key.every((c, i) => equal(row[step.on[i] ?? "id"], other[c])));
          return { ...row, v: found?.[step.takes] ?? null };
        });
      }
      case "semi":
      case "anti": {
        const others = rows(step.other);
        const [mine, its] = step.on;
        return given.filter((row) => others.some((o) => equal(row[mine], o[its])) === (step.do === "semi"));
      }
      case "join":
      case "leftJoin":
      case "fullJoin":
        return joined(step, given, rows(step.other));
      case "dedupe": {
        const ordered = [...given].sort(byColumns([step.orderBy, ...COLUMNS]));
        return ordered.filter((row, i) => ordered.findIndex((other) => other[step.key] === row[step.key]) === i);
      }
      case "group":
        return [...Map.groupBy(given, (row) => row[step.by])].map(([id, group]) => ({
          id,
          k: extreme(group, "k", Math.max),
          v: extreme(group, "v", Math.min),
        }));
    }
  }

  #keyOf(name: string): readonly Column[] {
    return this.#tables.find((table) => table.name === name)?.key ?? [];
  }
}

interface Counts {
  read: number;
  dropped: number;
}

/** The tables with a value for their parameter. */
export function bound(tables: readonly Table[], least: number): readonly Table[] {
  return JSON.parse(JSON.stringify(tables), (_, value) => (value === "least" ? least : value));
}

/** The tables that it reads. */
export function inputsOf({ query, flows }: Pick<Table, "query" | "flows">): readonly string[] {
  return [query, ...flows.map((flow) => flow.query)].flatMap((q) => (q ? namesIn(q) : []));
}

/** Where the files of a table or a flow are. */
export const folderOf = (name: string): string => `${name}_files`;

/** The tables or folders of which it reads what is new. */
function followed({ name, query, flows }: Table): readonly string[] {
  if (!query) return [folderOf(name), ...flows.map((flow) => folderOf(flow.name))];
  return [query, ...flows.filter((f) => !f.once).map((f) => f.query)].flatMap((q) => (q ? namesIn(q) : []));
}

const namesIn = ({ from, steps }: Query): readonly string[] => [
  from,
  ...steps.flatMap((step) => ("other" in step ? [step.other] : [])),
];

/** Three-valued: null where it is not known. */
export function holds(condition: Condition, row: Row): boolean | null {
  switch (condition.is) {
    case "over": {
      const value = row[condition.column];
      return value === null ? null : value > Number(condition.than);
    }
    case "known":
      return row[condition.column] !== null;
    case "same": {
      const [a, b] = condition.columns.map((column) => row[column] ?? null);
      return a === null || b === null ? null : a === b;
    }
    case "not": {
      const found = holds(condition.of, row);
      return found === null ? null : !found;
    }
    case "either": {
      const found = condition.of.map((one) => holds(one, row));
      return found.includes(true) ? true : found.includes(null) ? null : false;
    }
  }
}

const equal = (a: number | null, b: number | null) => a !== null && a === b;

/** Nulls first. */
function byColumns(columns: readonly Column[]): (a: Row, b: Row) => number {
  return (a, b) => {
    const differs = columns.find((column) => a[column] !== b[column]);
    return differs === undefined ? 0 : (a[differs] ?? -Infinity) - (b[differs] ?? -Infinity);
  };
}

function extreme(rows: readonly Row[], column: Column, of: (...values: number[]) => number): number | null {
  const known = rows.flatMap((row) => row[column] ?? []);
  return known.length === 0 ? null : of(...known);
}

function joined(
  step: Step & { readonly do: "join" | "leftJoin" | "fullJoin" },
  left: readonly Row[],
  right: readonly Row[],
): readonly Row[] {
  const [mine, its] = step.on;
  const pairs = left.flatMap((l) => {
    const found = right.filter((r) => equal(l[mine], r[its]));
    if (found.length === 0) return step.do === "join" ? [] : [{ ...l, v: null }];
    return found.map((r) => ({ ...l, v: r[step.takes] }));
  });
  if (step.do !== "fullJoin") return pairs;
  const alone = right.filter((r) => !left.some((l) => equal(l[mine], r[its])));
  return [...pairs, ...alone.map((r) => ({ id: null, k: null, v: r[step.takes] }))];
}

const NOTHING = (status: Done["status"]): Done => ({
  status,
  read: 0,
  written: 0,
  dropped: 0,
  quarantined: 0,
  rules: new Map(),
  keyless: 0,
});

/** What becomes of new rows by the rules of a table; `already`: the rows that it has. */
function judge(
  table: Table,
  fresh: readonly Row[],
  { read, dropped, already }: Counts & { already: readonly Row[] },
): Judged {
  const unreadable = fresh.filter((row) => table.required.some((column) => row[column] === null));
  const readable = fresh.filter((row) => !unreadable.includes(row));
  const broken = (row: Row, action: Action) =>
    table.rules
      .filter((rule) => rule.action === action && holds(rule.condition, row) !== true)
      .map((rule) => rule.name);
  if (readable.some((row) => broken(row, "fail").length > 0))
    return { rows: [], quarantine: [], done: NOTHING("failed") };
  const aside = readable.filter((row) => broken(row, "quarantine").length > 0);
  const kept = readable.filter((row) => !aside.includes(row));
  const rows = kept.filter((row) => broken(row, "drop").length === 0);
  const all = [...already, ...rows];
  const repeated = (row: Row) =>
    table.key.some((c) => row[c] === null) || all.filter((o) => table.key.every((c) => o[c] === row[c])).length > 1;
  const rules = table.rules.map(({ name, condition }) => {
    const passed = readable.filter((row) => holds(condition, row) === true).length;
    return [name, { passed, failed: readable.length - passed }] as const;
  });
  return {
    rows,
    quarantine: [
      ...unreadable.map((row) => ({ ...row, broken: ["readable"] })),
      ...aside.map((row) => ({ ...row, broken: broken(row, "quarantine") })),
    ],
    done: {
      status: "completed",
      read: table.query === undefined ? fresh.length : read,
      written: rows.length,
      dropped: dropped + kept.length - rows.length,
      quarantined: aside.length + unreadable.length,
      rules: new Map(rules),
      keyless: table.key.length === 0 ? 0 : rows.filter(repeated).length,
    },
  };
}
