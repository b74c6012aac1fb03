/**
 * What fast-check makes and shrinks: trees of numbers. Each number is a choice, taken modulo how many there are, so any
 * tree is a program, and a smaller tree is a simpler one.
 */
import fc from "fast-check";

export interface Gene {
  readonly n: number;
  readonly kids: readonly Gene[];
}

export interface ColumnGene {
  readonly name: number;
  readonly type: number;
  readonly nullable: boolean;
}

export interface SourceGenes {
  readonly columns: readonly ColumnGene[];
  /** A number a cell; rows are cut or filled up to the columns. */
  readonly rows: readonly (readonly number[])[];
}

export interface TableGenes {
  readonly name: number;
  readonly from: number;
  readonly steps: readonly Gene[];
}

export interface Genes {
  readonly sources: readonly SourceGenes[];
  /** Rows of change events, where the pipeline has a history. */
  readonly history: readonly (readonly number[])[] | null;
  readonly tables: readonly TableGenes[];
}

/** Drawn evenly: small numbers would give the first choice again and again. */
const choice = fc.noBias(fc.nat(9_999));

function tree(depth: number): fc.Arbitrary<Gene> {
  const kids = depth === 0 ? fc.constant([]) : fc.array(tree(depth - 1), { maxLength: 4, size: "max" });
  return fc.record({ n: choice, kids });
}

const source: fc.Arbitrary<SourceGenes> = fc.record({
  columns: fc.array(fc.record({ name: choice, type: choice, nullable: fc.boolean() }), {
    minLength: 2,
    maxLength: 7,
    size: "max",
  }),
  rows: fc.array(fc.array(choice, { minLength: 0, maxLength: 8, size: "max" }), { maxLength: 14, size: "max" }),
});

const table: fc.Arbitrary<TableGenes> = fc.record({
  name: choice,
  from: choice,
  steps: fc.array(tree(5), { minLength: 1, maxLength: 5, size: "max" }),
});

/** What says most of a failure is shrunk first. */
export const genes: fc.Arbitrary<Genes> = fc.record({
  tables: fc.array(table, { minLength: 1, maxLength: 3, size: "max" }),
  history: fc.option(fc.array(fc.array(choice, { minLength: 5, maxLength: 5 }), { maxLength: 10, size: "max" }), {
    nil: null,
  }),
  sources: fc.array(source, { minLength: 1, maxLength: 3, size: "max" }),
});

/** The i-th part of a gene; where it has none, one without parts of its own that follows from the gene's number. */
export function kid(gene: Gene, i: number): Gene {
  return gene.kids[i] ?? { n: Math.floor(gene.n / (3 + 2 * i)), kids: [] };
}

export function pick<T>(choices: readonly T[], n: number): T {
  const chosen = choices[n % choices.length];
  if (chosen === undefined) throw new Error("nothing to choose from");
  return chosen;
}
