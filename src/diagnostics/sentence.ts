/** The sentence of a mistake: what is wrong, and what to do. `{name}` stands for what the place knows. */
import type { DiagnosticCode } from "./catalogue.ts";

/** Sentences by their code, or by a code and the variant of its mistake. */
export type Sentences = { readonly [Name in `${DiagnosticCode}${"" | `:${string}`}`]?: Sentence };

interface Sentence {
  readonly message: string;
  readonly help: string;
}
