/** A pipeline's text as modules, one for each step of its chain: an edit costs the steps from its own on, and not the whole chain. */

export interface Steps {
  /** The right pipeline, which its last module exports under the module's name. */
  readonly files: Readonly<Record<string, string>>;
  /** The module of an edit: it takes what the chain makes before the step that is edited from the right one. */
  edited(from: string, to: string): string;
}

/** Splits the text of a pipeline where its chain calls the next step. */
export function stepsOf(name: string, text: string): Steps {
  const head = text.slice(0, text.indexOf(`export const ${name} =`));
  const [, ...starts] = [...text.matchAll(/^ {2}\.(?=\w+\()/gm)].map(({ index }) => index);
  const from = (step: number, to?: number): string => {
    if (step < 0) return text.slice(0, to);
    const before = `import { ${name} as before } from "./${name}_${step}.ts";\n`;
    return `${before}${head}export const ${name} = before\n${text.slice(starts[step], to)}`;
  };
  const parts = starts.map((to, i) => [`${name}_${i}.ts`, `${from(i - 1, to)};\n`]);
  return {
    files: Object.fromEntries([...parts, [`${name}.ts`, from(starts.length - 1)]]),
    edited: (old, to) => from(starts.findLastIndex((start) => start <= text.indexOf(old))).replace(old, () => to),
  };
}
