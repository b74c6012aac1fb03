/** Where a setting stands in the text of a config: the value that was loaded does not know. */
import { readFileSync } from "node:fs";

/** Comments and white space, which are left out; texts; names and numbers; whatever else, one character each. */
const TOKEN = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+|(["'`])((?:\\[\s\S]|(?!\1)[^\\])*)\1|[\w$\p{L}]+|[\s\S]/gu;

interface Token {
  readonly text: string;
  readonly at: number;
  /** What it is called as a key; absent: it is none. */
  readonly name?: string;
}

/** A bracket that is open. */
interface Level {
  readonly bracket: string;
  /** Of the object, the list or the value that it holds. */
  readonly path: readonly string[];
  /** The key or the place in the list that is read now. */
  key: string;
}

/** The place of a setting, `file:line:column`: of the innermost part of its path that is written there, or of the export. */
export function settingPlace(file: string, path: readonly PropertyKey[]): string | undefined {
  const text = textOf(file);
  const at = text === undefined ? undefined : offsetOf(text, path.map(String));
  if (text === undefined || at === undefined) return undefined;
  const before = text.slice(0, at).split("\n");
  return `${file}:${before.length}:${(before.at(-1) ?? "").length + 1}`;
}

function offsetOf(text: string, wanted: readonly string[]): number | undefined {
  const exported = /^(?:export\s+default|module\.exports)\b/m.exec(text)?.index;
  let best = { length: 0, at: exported };
  for (const { path, at } of keysOf(text)) {
    const leads = path.length <= wanted.length && path.every((key, i) => key === wanted[i]);
    // What comes later overrides what comes before.
    if (leads && path.length >= best.length) best = { length: path.length, at };
  }
  return best.at;
}

/** The keys of objects and the places in lists, each with its path from the outermost. */
function* keysOf(text: string): Generator<{ readonly path: readonly string[]; readonly at: number }> {
  const tokens = tokensOf(text);
  const levels: Level[] = [{ bracket: "", path: [], key: "" }];
  let begins = false;
  for (const [i, token] of tokens.entries()) {
    const level = levels.at(-1);
    if (!level) return;
    const next = tokens[i + 1]?.text ?? "";
    if (begins && level.bracket === "[") yield { path: [...level.path, level.key], at: token.at };
    if (begins && level.bracket === "{") {
      level.key = token.name !== undefined && [":", ",", "}", "("].includes(next) ? token.name : "";
      if (level.key !== "") yield { path: [...level.path, level.key], at: token.at };
    }
    begins = false;
    if ("{[(".includes(token.text)) {
      const inside = level.bracket === "{" || level.bracket === "[";
      levels.push({ bracket: token.text, path: inside ? [...level.path, level.key] : level.path, key: "0" });
      begins = true;
    } else if ("}])".includes(token.text) && levels.length > 1) levels.pop();
    else if (token.text === ",") {
      if (level.bracket === "[") level.key = String(Number(level.key) + 1);
      begins = true;
    }
  }
}

function tokensOf(text: string): readonly Token[] {
  return [...text.matchAll(TOKEN)].flatMap(({ 0: token, 1: quote, 2: content, index: at }): readonly Token[] => {
    if (/^(\s|\/[/*])/.test(token)) return [];
    if (quote !== undefined) return [{ text: quote, at, name: content ?? "" }];
    return [{ text: token, at, ...(/^[\w$\p{L}]/u.test(token) && { name: token }) }];
  });
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
