/** `source`: where bronze tables read from. */

import type { ColumnFacts, SourceOptions } from "../../ast/relation.ts";
import { withMetadata } from "../../ast/stored.ts";
import { refuseOtherCopy } from "../../core/copies.ts";
import { describe, isRecord } from "../../core/describe.ts";
import { freeze } from "../../core/freeze.ts";
import { record } from "../../core/given.ts";
import { ourOption } from "../../core/known-options.ts";
import { callerLocation, type Place } from "../../core/location.ts";
import type { Problem } from "../../core/problem.ts";
import { excerpt } from "../../core/text.ts";
import type { DiagnosticCode } from "../../diagnostics/catalogue.ts";
import { mistake } from "../../diagnostics/mistake.ts";
import { type Said, say } from "../../diagnostics/sentences.ts";
import { type AnyFormat, type FileFormat, formatFrom } from "../../formats/format.ts";
import { FORMATS } from "../../formats/formats.ts";
import type { FileOptions } from "../../formats/options.ts";
import { type SourceParts, sourceNode } from "../../nodes/relations.ts";
import type { LabelOf } from "../../typed/base.ts";
import type { Declarations, Declared, DeclaredExpr } from "../../typed/columns.ts";
import type { InError } from "../../typed/in-error.ts";
import type { OurOption } from "../../typed/known-options.ts";
import type { StringExpr, TimestampExpr } from "../../typed/scalars.ts";
import type { AnyColumn } from "../expr/columns.ts";
import { methods } from "../expr/no-value.ts";
import { RelationBuilder } from "../relation/builder.ts";
import type { Relation } from "../typed/relation.ts";

/** The columns that a source declares. */
export type SourceColumns = Record<string, AnyColumn>;

/** What bronze knows of each row's origin. `L` are the labels of the declared columns. */
export interface SourceMetadata<L extends string = never> {
  /** The file that the row came from, relative to the base directory. */
  readonly _source_file: StringExpr<"null">;
  readonly _source_modified_at: TimestampExpr<"timestamp", "null">;
  /** When the update that read the row began. */
  readonly _ingested_at: TimestampExpr;
  /** What did not fit the declared columns, as a JSON object; null where all did. It may be a value of any of them. */
  readonly _rescued_data: StringExpr<"null", L>;
}

interface Metadata {
  /** Gives the metadata columns to the tables that read this one. They are always stored. */
  readonly metadata?: boolean;
}

interface MetadataOption {
  readonly metadata: true;
}
/** Where the option is not a boolean, a use of the columns is not a second error. */
interface AnyMetadata {
  readonly metadata: true | string | number | object | null;
}

/** Rows of a file that changes are replaced: the table is updated in place. */
interface Replacing {
  readonly onChange: "replace";
}

/** The options of a format; of another tool's options, what they are called here. */
type OptionsOf<O, G> = O &
  Metadata & {
    readonly [K in Exclude<keyof G, keyof O | "metadata">]: Problem<NoOption<K & string, O>>;
  };
type NoOption<K extends string, O> = [OurOption<K, keyof O>] extends [never]
  ? Said<"SRC002:option", { option: K }>
  : Said<"ARG001:option", { ours: OurOption<K, keyof O> }>;

/** Options, which `G` is inferred from: an editor shows of each what the format says of it. */
type Inferred<G, Options> = unknown extends Options ? G : Options;

/** Where an option has another name, it may have been the one of the metadata: a use of them is not a second error. */
type Misnamed<G, O> = [Exclude<keyof G, keyof O | "metadata">] extends [never] ? never : G;

/** Options, which may be left out where the format needs none of them. */
type OptionsArgument<O, Given> = object extends O ? [options?: Given] : [options: Given];

/** Makes a source of files of a format: `source.json`. `O` is its options. */
export interface FileSource<O> {
  <C extends Declarations>(columns: Problem<Said<"SRC001:columns">> & C): Relation<InError, never, "streaming">;
  // One signature for all options: of several, TypeScript says that no overload matches, and nothing of the option.
  <C extends Declarations, const G = unknown>(
    path: string,
    columns: C & Declared<C>,
    ...options: OptionsArgument<O, Inferred<G, OptionsOf<O, G>>>
  ): Relation<
    (Declarations extends C ? InError : { [K in keyof C]: DeclaredExpr<C[K]> }) &
      (G extends AnyMetadata | Misnamed<G, O> ? SourceMetadata<LabelOf<DeclaredExpr<C[keyof C]>>> : unknown),
    never,
    G extends Replacing ? "materialized" : "streaming"
  >;
}

type TableSource = <C extends Declarations>(
  path: string,
  columns: C & Declared<C>,
) => Relation<Declarations extends C ? InError : { [K in keyof C]: DeclaredExpr<C[K]> }, never, "materialized">;

/** How a source of a format is written. */
type SourceOf<F> = F extends FileFormat<infer O> ? FileSource<O & FileOptions> : TableSource;

/** The facts of declared columns, in order. */
function declaredFacts(columns: SourceColumns, at: Place): readonly ColumnFacts[] {
  const names = Object.keys(columns ?? {});
  if (names.length === 0 || !isRecord(columns)) {
    throw mistake(at, say("COL002:none"));
  }
  return freeze(
    Object.entries(columns).map(([name, column]) => {
      if (!column?.declaration?.type?.kind) {
        throw mistake(at, { ...say("COL002:type", { column: name }), column: name });
      }
      return freeze({ name, ...column.declaration });
    }),
  );
}

/** Options are known by the format alone, which checks them: the types are for those who have them. */
function reader<F extends AnyFormat>(format: F): SourceOf<F> {
  const read = (path: string, columns: SourceColumns, options?: SourceOptions & Partial<MetadataOption>) => {
    const at = callerLocation();
    checkPath(path, at);
    const { metadata = false, ...given } =
      options === undefined ? {} : record<unknown>(options, `source.${format.name}()`, at);
    if (typeof metadata !== "boolean") refusal("SRC002", at)(`metadata is ${describe(metadata)}`, "use true or false");
    const rest = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const declared = declaredFacts(columns, at);
    const visible = metadata ? withMetadata(declared) : declared;
    const parts = { format, path, options: rest, declared, columns: visible };
    checkSource(parts, at);
    return new RelationBuilder(sourceNode(parts, at));
  };
  return read as unknown as SourceOf<F>;
}

/** What is refused of a source, whoever makes it. */
export function checkSource(parts: SourceParts, at: string | undefined): void {
  const { format, path, declared, columns } = parts;
  const refuse = refusal("SRC001", at);
  checkPath(path, at);
  if (path.includes("\0")) refuse("the path of a source holds a NUL character", "remove it");
  if (/\$\{(?![^}]*\})/.test(path))
    refuse(`${JSON.stringify(path)} has a parameter that is not closed`, "close it with }");
  const wrong = format.pathProblem(path);
  if (wrong !== undefined) refuse(`${JSON.stringify(path)} is not the path of ${format.title}`, wrong);
  if (format.reads === "table" && columns.length > declared.length) {
    refusal("SRC002", at)(`${format.title} has no metadata of files`, "leave metadata out");
  }
  checkOptions(parts, at);
}

function checkPath(path: unknown, at: Place): void {
  if (typeof path === "string" && path !== "") return;
  refuseOtherCopy(path, at);
  const { message, help } = say("SRC001:path", { path: describe(path) });
  refusal("SRC001", at)(message, Array.isArray(path) ? SEVERAL : help);
}

/** A source has one path. */
const SEVERAL =
  'name several in braces, "in/{a,b}/*.csv", or add a flow for each: source.csv(first, columns).appendFlow({ second: source.csv(second, columns) })';

function checkOptions({ format, path, options, declared }: SourceParts, at: string | undefined): void {
  const refuse = refusal("SRC002", at);
  const known = Object.keys(format.options);
  for (const [name, value] of Object.entries(options)) {
    const option = Object.hasOwn(format.options, name) ? format.options[name] : undefined;
    if (!option) {
      const ours = ourOption(name, known);
      const others = known.length === 0 ? "leave it out" : `leave it out; there are ${known.join(", ")}`;
      const help = ours ? `it is called ${ours} here` : others;
      refuse(`${format.title} has no option ${name}`, help);
    } else if (!option.accepts(value)) {
      refuse(`${name} of ${format.title} is ${describe(value)}`, `use ${option.expected}`);
    }
  }
  for (const [name, option] of Object.entries(format.options)) {
    if (option.default !== undefined || Object.hasOwn(options, name)) continue;
    refuse(`${format.title} needs the option ${name}`, `use ${option.expected}`);
  }
  const problem = format.problem({ path, options, declared, at });
  if (problem === undefined) return;
  refuse(`this source of ${format.title} cannot be read: ${excerpt(problem)}`, "change its columns or its options");
}

function refusal(code: DiagnosticCode, location: string | undefined) {
  return (message: string, help?: string): never => {
    throw mistake(location, { code, message, help });
  };
}

type Sources = { readonly [F in keyof typeof FORMATS]: SourceOf<(typeof FORMATS)[F]> };

/**
 * Where a bronze table reads from. A path is relative to the base directory of the run and may be a glob.
 *
 * @example
 * ```ts
 * import { source, t } from "medallion";
 * export const orders = source.json("data/orders/*.json", { order_id: t.bigint(), amount: t.decimal(12, 2) });
 * export const planes = source.csv("data/planes.csv", { tailnum: t.string() }, { nullValues: ["NA"] });
 * export const weather = source.parquet("data/weather.parquet", { origin: t.string(), temp: t.double().nullable() });
 * ```
 */
export const source: Sources & {
  /** A source of a format from outside: `source.of(xml)("in/*.xml", columns, options)`. */
  readonly of: <O>(format: FileFormat<O>) => FileSource<O & FileOptions>;
} = methods({
  ...builtIn(),
  of,
});

function builtIn(): Sources {
  const readers = Object.entries(FORMATS).map(([name, format]) => [name, reader<AnyFormat>(format)]);
  return Object.fromEntries(readers) as unknown as Sources;
}

function of<O>(format: FileFormat<O>): FileSource<O & FileOptions> {
  const known = formatFrom(format);
  if (!known) {
    refuseOtherCopy(format, callerLocation());
    const message = "source.of() needs a format";
    const help = "make it with defineFormat()";
    throw mistake(callerLocation(), { code: "SRC002", message, help });
  }
  return methods({ of: reader(format) }).of;
}
