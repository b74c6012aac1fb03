/** The suite's Spark, for a test file: a session of its own on the one server. */
import { appendFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { inject } from "vitest";
import type { SqlType } from "../../src/types/types.ts";
import { typeName } from "../../src/types/types.ts";
import { type Canonical, fromSpark, type Sent } from "./canonical.ts";
import { type Engine, EngineError, type Result, type ResultColumn, type ViewColumn } from "./engines.ts";

interface Failure {
  readonly error: { readonly condition: string; readonly message: string };
}
type SentResult = { readonly columns: readonly ResultColumn[]; readonly rows: readonly (readonly Sent[])[] };

/**
 * @example
 * ```ts
 * const spark = await sparkSession();
 * expect((await spark.sql("SELECT 1.50 AS a")).rows).toEqual([["1.50"]]);
 * ```
 */
export async function sparkSession(): Promise<SparkSession> {
  const server = inject("spark");
  const socket = connect(server.driver, "127.0.0.1");
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  return new SparkSession(socket);
}

class SparkSession implements Engine {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, { resolve: (answers: unknown[]) => void; reject: (error: Error) => void }>();
  #next = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    createInterface(socket).on("line", (line) => {
      const { id, answers } = JSON.parse(line) as { id: number; answers: unknown[] };
      this.#waiting.get(id)?.resolve(answers);
      this.#waiting.delete(id);
    });
    socket.on("close", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("Spark's driver closed the connection"));
    });
  }

  async sql(text: string): Promise<Result> {
    const [result] = await this.batch([text]);
    if (!result || result instanceof EngineError) throw result ?? new Error("Spark gave no answer");
    return result;
  }

  async batch(texts: readonly string[]): Promise<readonly (Result | EngineError)[]> {
    const answers = await this.#ask<SentResult | Failure>({ op: "sql", texts });
    return answers.map((answer) =>
      "error" in answer
        ? errorOf(answer)
        : { columns: answer.columns, rows: answer.rows.map((row) => row.map(fromSpark)) },
    );
  }

  /** What Spark's own parser says of a statement; undefined where it takes it. */
  async parse(text: string): Promise<EngineError | undefined> {
    const [answer] = await this.#ask<Failure | Record<string, never>>({ op: "parse", texts: [text] });
    return answer && "error" in answer ? errorOf(answer as Failure) : undefined;
  }

  async view(name: string, columns: readonly ViewColumn[], rows: readonly (readonly Canonical[])[]): Promise<void> {
    const [answer] = await this.#ask<Failure | Record<string, never>>({
      op: "view",
      name,
      text: inline(columns, rows),
    });
    if (answer && "error" in answer) throw errorOf(answer as Failure);
  }

  async close(): Promise<void> {
    this.#socket.end();
  }

  #ask<T>(request: object): Promise<readonly T[]> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: (answers) => resolve(answers as T[]), reject });
      this.#socket.write(`${JSON.stringify({ id, ...request })}\n`);
    });
  }
}

export type { SparkSession };

/** Adds to the count of compared values that the suite prints at its end. */
export function countPairs(what: string, count: number): void {
  appendFileSync(inject("spark").pairs, `${JSON.stringify({ what, count })}\n`);
}

function errorOf({ error }: Failure): EngineError {
  return new EngineError(error.condition, error.message);
}

/** A query that gives the rows, without a table. */
function inline(columns: readonly ViewColumn[], rows: readonly (readonly Canonical[])[]): string {
  const names = columns.map((c) => `\`${c.name.replaceAll("`", "``")}\``);
  const nulls = columns.map((c, i) => `CAST(NULL AS ${sqlType(c.type)}) AS ${names[i]}`);
  if (rows.length === 0) return `SELECT ${nulls.join(", ")} WHERE false`;
  const values = rows.map((row) => `(${columns.map((c, i) => constant(row[i] ?? null, c.type)).join(", ")})`);
  return `SELECT * FROM VALUES ${values.join(",\n")} AS t(${names.join(", ")})`;
}

function sqlType(type: SqlType): string {
  switch (type.kind) {
    case "array":
      return `ARRAY<${sqlType(type.element)}>`;
    case "map":
      return `MAP<${sqlType(type.key)}, ${sqlType(type.value)}>`;
    case "struct":
      return `STRUCT<${type.fields.map((f) => `\`${f.name.replaceAll("`", "``")}\`: ${sqlType(f.type)}`).join(", ")}>`;
    default:
      return typeName(type);
  }
}

/** A canonical value as an expression of Spark, written apart from the compiler that is under test. */
function constant(value: Canonical, type: SqlType): string {
  if (value === null) return `CAST(NULL AS ${sqlType(type)})`;
  if (type.kind === "string") return text(String(value));
  if (type.kind === "boolean") return String(value);
  if (type.kind === "binary") return `X'${value}'`;
  if (type.kind === "variant") return `parse_json(${text(String(value))})`;
  if (type.kind === "array" && Array.isArray(value)) {
    return `CAST(array(${value.map((v) => constant(v, type.element)).join(", ")}) AS ${sqlType(type)})`;
  }
  if (type.kind === "map" && Array.isArray(value)) {
    const entries = (value as [Canonical, Canonical][]).flatMap(([k, v]) => [
      constant(k, type.key),
      constant(v, type.value),
    ]);
    return `CAST(map(${entries.join(", ")}) AS ${sqlType(type)})`;
  }
  if (type.kind === "struct") {
    const fields = value as { readonly [field: string]: Canonical };
    return `named_struct(${type.fields.map((f) => `${text(f.name)}, ${constant(fields[f.name] ?? null, f.type)}`).join(", ")})`;
  }
  return `CAST('${value}' AS ${sqlType(type)})`;
}

/** `${` would be read as a parameter. */
function text(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("${", "\\u0024{")}'`;
}
