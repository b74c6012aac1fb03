import { type OutputStream, progressReporter, reportUpdate } from "medallion/cli";
import type { FlowDetails, FlowProgressEvent, TableResult, Update } from "medallion/run";
import { describe, expect, test } from "vitest";
import { isLive } from "../../src/cli/io.ts";
import { onceForTables, problemLines } from "../../src/cli/output/problem.ts";
import { displayWidth, truncate, wantsColor, wrap } from "../../src/cli/output/style.ts";
import { tableLines } from "../../src/cli/output/table.ts";

const result = (given: Partial<TableResult<number>>): TableResult<number> => ({
  name: "orders",
  layer: "silver",
  kind: "streaming",
  status: "completed",
  rowsRead: 0,
  rowsWritten: 0,
  rowsDropped: 0,
  rowsQuarantined: 0,
  expectations: [],
  durationMs: 12,
  skipped: false,
  ...given,
});

const update = (status: Update["status"], tables: Update["tables"]): Update => ({
  engine: "duckdb",
  id: "u",
  status,
  tables,
  warnings: [],
  warehouse: "/data/w.duckdb",
  durationMs: 1234,
  query: async () => [],
  rows: async () => [],
  close: async () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
});

type Status = FlowDetails["flow_progress"]["status"];

const event = (table: string, status: Status, given?: Partial<TableResult<number>>): FlowProgressEvent => ({
  id: "e",
  timestamp: "2025-01-01T00:00:00Z",
  updateId: "u",
  eventType: "flow_progress",
  level: "INFO",
  message: `${table} is ${status.toLowerCase()}`,
  table,
  details: { flow_progress: { status }, ...(given && { result: result({ name: table, ...given }) }) },
});

function recorded(tty: boolean): OutputStream & { text: string } {
  const stream = {
    text: "",
    isTTY: tty,
    columns: 60,
    rows: 8,
    write: (text: string) => {
      stream.text += text;
    },
  };
  return stream;
}

describe("reportUpdate", () => {
  test("aligned columns, broken expectations, quarantine", () => {
    const expectations = [{ name: "positive", action: "quarantine" as const, passed: 11988, failed: 12 }];
    const tables = [
      result({ name: "raw", layer: "bronze", rowsRead: 12000, rowsWritten: 12000 }),
      result({ rowsRead: 12000, rowsWritten: 11988, rowsQuarantined: 12, expectations, durationMs: 61_000 }),
    ];
    expect(reportUpdate(update("completed", tables), { cwd: "/data" })).toBe(
      [
        "TABLE   LAYER   KIND         READ  WRITTEN  DROPPED  QUARANTINED  PASS/FAIL         TIME",
        "raw     bronze  streaming  12,000   12,000        0            0          -        12 ms",
        "orders  silver  streaming  12,000   11,988        0           12  11,988/12  1 min 01 s",
      ]
        .map((line) =>
          line.replace("PASS/FAIL         TIME", "PASS/FAIL        TIME").replace("-        12 ms", "-       12 ms"),
        )
        .concat([
          "",
          "Broken expectations",
          "  TABLE   EXPECTATION  BROKEN BY  OF ROWS  ACTION",
          "  orders  positive            12   12,000  quarantine",
          "",
          "Update completed in 1.2 s: 2 done of 2 tables.",
          "Quarantined: 12 rows of orders; why: medallion preview orders_quarantine",
          "Warehouse: w.duckdb",
        ])
        .join("\n"),
    );
  });

  test("nothing to do is one line; colours only when asked for", () => {
    const idle = update("completed", [result({ status: "skipped", skipped: true })]);
    expect(reportUpdate(idle)).toBe("Everything is up to date. 1 table, 1.2 s\nWarehouse: /data/w.duckdb");
    expect(reportUpdate(idle, { color: true })).toContain("\u001b[");
  });

  test("a failed table without details shows its reason", () => {
    const failed = update("failed", [result({ status: "failed", reason: "ENGINE001: it broke\n  help: mend it" })]);
    expect(reportUpdate(failed)).toContain("failed silver.orders\n  ENGINE001: it broke\n    help: mend it");
  });
});

describe("progressReporter", () => {
  const play = (stream: OutputStream, env: Record<string, string> = {}): void => {
    const progress = progressReporter(stream, env);
    progress.onEvent(event("raw", "RUNNING"));
    progress.onEvent(event("raw", "COMPLETED", { rowsWritten: 5, rowsDropped: 1 }));
    progress.onEvent(event("idle", "SKIPPED", { status: "skipped", skipped: true }));
    progress.onEvent({ ...event("raw", "RUNNING"), message: "a file is gone", details: {}, level: "WARN" });
    progress.done();
  };
  const lines = "done    raw: 5 rows, 1 dropped  (12 ms)\nwarning raw: a file is gone\n";

  test("plain lines in a pipe, in CI and without colours", () => {
    for (const [tty, env] of [
      [false, {}],
      [true, { CI: "1" }],
      [true, { NO_COLOR: "1" }],
      [true, { TERM: "dumb" }],
    ] as const) {
      const stream = recorded(tty);
      play(stream, env);
      expect(stream.text).toBe(lines);
    }
  });

  test("a live list on a terminal stays within it and goes away", async () => {
    const stream = recorded(true);
    const listeners = process.listenerCount("exit");
    const progress = progressReporter(stream, {});
    for (let i = 0; i < 20; i++) progress.onEvent(event(`table_${i}`, "COMPLETED", { rowsWritten: i }));
    progress.onEvent(event("a_table_with_a_very_long_name_that_no_terminal_can_hold", "RUNNING"));
    await expect.poll(() => stream.text).toContain("running");
    progress.done();
    const frame = stream.text.split("\u001b[0J")[0] ?? "";
    const shown = frame.split("\n").slice(0, -1);
    expect(shown.length).toBeLessThanOrEqual(7);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences start with one
    for (const line of shown) expect(displayWidth(line.replace(/\u001b\[[?\d;]*[a-zA-Z]/g, ""))).toBeLessThan(60);
    expect(frame).toContain("17 tables before");
    expect(stream.text.endsWith("\u001b[0J\u001b[?25h")).toBe(true);
    expect(process.listenerCount("exit")).toBe(listeners);
  });
});

describe("text", () => {
  test("colours as in Node's own tools: FORCE_COLOR decides first", () => {
    const asked = (env: Readonly<Record<string, string>>) => [true, false].map((isTTY) => wantsColor({ isTTY }, env));
    expect(asked({})).toEqual([true, false]);
    for (const [env, wanted] of [
      [{ FORCE_COLOR: "" }, true],
      [{ FORCE_COLOR: "1", NO_COLOR: "1", TERM: "dumb" }, true],
      [{ FORCE_COLOR: "0" }, false],
      [{ FORCE_COLOR: "false" }, false],
      [{ NODE_DISABLE_COLORS: "1" }, false],
      [{ NO_COLOR: "1" }, false],
      [{ TERM: "dumb" }, false],
    ] as const)
      expect([env, asked(env)]).toEqual([env, [wanted, wanted]]);
    expect(isLive(recorded(false), { FORCE_COLOR: "1" })).toBe(false);
  });

  test("widths count cells, not characters", () => {
    expect(displayWidth("漢字e\u0301")).toBe(5);
    expect(truncate("漢字漢字", 5)).toBe("漢字…");
    expect(wrap(["aa", "bb", "cc"], ", ", 7)).toEqual(["aa, bb,", "cc"]);
    expect(
      tableLines(
        [{ header: "A" }, { header: "N", align: "right" }],
        [
          ["漢", "1"],
          ["x", "22"],
        ],
      ),
    ).toEqual(["A    N", "漢   1", "x   22"]);
  });

  test("a place whose file is not there is shown without an excerpt", () => {
    expect(
      problemLines({ code: "X001", message: "wrong", location: "/nowhere/p.ts:3:4" }, { cwd: "/nowhere" }),
    ).toEqual(["p.ts:3:4", "error X001: wrong"]);
  });

  test("a mistake in several tables on one line is shown once, with the tables", () => {
    const of = (table: string, location?: string) => ({
      code: "X001",
      message: "wrong",
      table,
      ...(location && { location }),
    });
    const shown = onceForTables([
      of("week", "p.ts:3:4"),
      of("day", "p.ts:9:1"),
      of("month", "p.ts:3:4"),
      of("a"),
      of("b"),
    ]);
    expect(shown.map(({ message }) => message)).toEqual(["wrong\nin week, month", "wrong", "wrong", "wrong"]);
    expect(problemLines({ ...of("week"), message: "wrong\nin week, month" })).toEqual([
      "error X001: wrong",
      "  in week, month",
    ]);
  });
});
