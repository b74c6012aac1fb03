/**
 * What the text of the `sql` tag may be: one expression that DuckDB, Spark and Databricks parse alike.
 *
 * Only tokens are accepted that all of them read as the same token, so that none sees a string, a comment or the end of
 * a statement where another does not. And a value is never a bare name: a column that is not in `${}` would be read
 * without its labels, its lineage and the quotes of its target.
 */

type Kind = "hole" | "word" | "string" | "number" | "operator";

interface Token {
  readonly kind: Kind;
  /** Words in lower case. A hole is where an expression stands. */
  readonly text: string;
  /** Nothing stands between it and the token before it. */
  readonly touches: boolean;
}

const WORD = "[\\p{L}_][\\p{L}\\p{N}_]*";
const NUMBER = "(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?(?:[lLsSyYfFdD]|[bB][dD])?(?![\\p{L}\\p{N}_])";
const OPERATOR = "<=>|->|=>|::|\\|\\||<<|>>|<>|[!<>=]=|[-+*/%=<>|&^~!.,:()[\\]]";
const TOKEN = new RegExp(`[ \\t\\r\\n]+|'[^'\\\\\\r\\n]*'|${NUMBER}|${WORD}|${OPERATOR}`, "uy");

/** What some engine reads as something else. */
const REFUSED: readonly (readonly [start: string, why: string])[] = [
  ["--", "must not hold comments"],
  ["/*", "must not hold comments"],
  ["*/", "must not hold comments"],
  [";", "must not end the statement: no semicolon"],
  ["\\", "must not hold a backslash: only some engines read it as an escape"],
  ['"', "must not hold double quotes, which mean text on one engine and a name on another: write 'text'"],
  ["`", "must not hold backticks, which only some engines know"],
  ["$", "must not hold $, which quotes text on one engine and names a parameter on others"],
];

/** The tokens of a piece of the text, or what is wrong with it. */
function tokensOf(text: string): readonly Token[] | string {
  const tokens: Token[] = [];
  let touches = true;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    const refused = REFUSED.find(([start]) => text.startsWith(start, at));
    if (refused) return refused[1];
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text)?.[0];
    if (found === undefined) return unreadable(text.slice(at));
    if (found.startsWith("'") && found.includes("${"))
      return "must not hold ${ in quotes: Spark reads a parameter there";
    const kind = kindOf(found);
    if (kind) tokens.push({ kind, text: kind === "word" ? found.toLowerCase() : found, touches });
    touches = kind !== undefined;
  }
  return tokens;
}

function unreadable(rest: string): string {
  if (!rest.startsWith("'")) return `must not hold ${JSON.stringify(rest.slice(0, 1))} outside of quotes`;
  const within = /^'[^']*'/.exec(rest)?.[0];
  if (within === undefined) return "has a quote that is not closed";
  return within.includes("\\")
    ? "must not hold a backslash in quotes: only some engines read it as an escape"
    : "must not hold a line end in quotes: write chr(10)";
}

function kindOf(token: string): Kind | undefined {
  if (/^\s/.test(token)) return undefined;
  if (token.startsWith("'")) return "string";
  if (/^\.?\d/.test(token)) return "number";
  return /^[\p{L}_]/u.test(token) ? "word" : "operator";
}

const words = (list: string): ReadonlySet<string> => new Set(list.split(" "));

/** Words that are a value by themselves. */
const VALUES = words("null true false current_date current_timestamp end");
/** Words with a value or a parenthesis behind them. */
const BEFORE_A_VALUE = words(
  "case when then else and or not between in like ilike rlike is distinct interval partition order by over filter where as rows range unbounded current nulls escape both leading trailing",
);
/** Those of them that may have a sign behind them: any other with a sign could be a column. */
const BEFORE_A_SIGN = words("case when then else and or not between in is");
/** What extract() reads of a time. */
const UNITS = words("year quarter month week day hour minute second dow doy dayofweek");
/** Words that stand behind one of these, or behind a value. */
const AFTER: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["row", words("current")],
  // By itself it is a column.
  ["unknown", words("is")],
  ["first", words("nulls")],
  ["last", words("nulls")],
  ["preceding", words("unbounded")],
  ["following", words("unbounded")],
  ["from", new Set([...words("distinct both leading trailing"), ...UNITS])],
]);
/** Constants with a type: `DATE '2024-01-01'`. */
const TYPED = words("date timestamp timestamp_ntz interval");
/** What reads other rows, or columns by another way than `${}`. */
const NEVER = words("select values table with columns pivot unpivot describe show summarize union intersect except");

/** Functions that read a column by its name as a text, or a secret. */
const NEVER_CALLED = words("identifier secret try_secret");
/** Functions that make several rows of one. */
const REPEATS_ROWS = words(
  "unnest explode explode_outer posexplode posexplode_outer inline inline_outer stack json_tuple generate_subscripts",
);
/** Functions whose arguments behind the first may be lambda functions: elsewhere `->` reads JSON on DuckDB. */
const TAKES_LAMBDA = words(
  "transform filter exists forall aggregate reduce zip_with array_sort transform_keys transform_values map_filter map_zip_with list_transform array_transform list_apply array_apply apply list_filter array_filter list_reduce array_reduce",
);
/** Types that have others in `<…>`. */
const HOLDS_TYPES = words("array map struct");

/** Why the pieces of the tag's text are not one expression that every engine reads alike, or `undefined`. */
export function rawProblem(text: readonly (string | undefined)[]): string | undefined {
  const tokens: Token[] = [];
  for (const [i, piece] of text.entries()) {
    if (piece === undefined) return "has a backslash that JavaScript does not read as an escape";
    const own = tokensOf(piece);
    if (typeof own === "string") return own;
    // An expression is printed instead of the hole, so nothing may become one token with it.
    if (i > 0) tokens.push({ kind: "hole", text: "", touches: !/\s$/.test(text[i - 1] ?? "") });
    tokens.push(...own);
  }
  if (tokens.length === 0) return "is empty";
  const groups = groupsOf(tokens);
  if (typeof groups === "string") return groups;
  const names = new Names(tokens, groups);
  for (const i of tokens.keys()) {
    const problem = names.problemAt(i);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The groups of the text: where the parenthesis around a token opens and closes. */
interface Groups {
  /** By token: where its group opens; -1 outside of all. */
  readonly opens: readonly number[];
  /** By opening token: where it closes. */
  readonly closes: ReadonlyMap<number, number>;
}

function groupsOf(tokens: readonly Token[]): Groups | string {
  const stack: number[] = [];
  const opens: number[] = [];
  const closes = new Map<number, number>();
  for (const [i, { kind, text }] of tokens.entries()) {
    const bracket = kind === "operator" ? text : "";
    if (bracket === ")" || bracket === "]") {
      const open = stack.pop();
      if (open === undefined || tokens[open]?.text !== (bracket === ")" ? "(" : "["))
        return "closes a parenthesis that it did not open";
      closes.set(open, i);
    }
    opens.push(stack.at(-1) ?? -1);
    if (bracket === "(" || bracket === "[") stack.push(i);
    if (bracket === "," && stack.length === 0) return "is more than one expression: no comma outside of parentheses";
  }
  return stack.length > 0 ? "does not close a parenthesis" : { opens, closes };
}

/** Tells the words that are syntax from those that could be columns. */
class Names {
  readonly #tokens: readonly Token[];
  readonly #groups: Groups;
  /** Words that are parts of types, parameters of lambda functions or names of arguments. */
  readonly #known = new Set<number>();

  constructor(tokens: readonly Token[], groups: Groups) {
    this.#tokens = tokens;
    this.#groups = groups;
    for (const [i, { kind, text }] of tokens.entries()) {
      const cast = text === "::" || (kind === "word" && text === "as" && groups.opens[i] !== -1);
      if (cast) this.#readType(i + 1);
      if (text === "->" && kind === "operator") this.#readLambda(i);
      if (text === "=>" && kind === "operator") this.#known.add(i - 1);
    }
  }

  #text(i: number): string {
    return this.#tokens[i]?.text ?? "";
  }

  #kind(i: number): Kind | undefined {
    return this.#tokens[i]?.kind;
  }

  /** `DECIMAL(10, 2)`, `MAP<STRING, ARRAY<INT>>`, `STRUCT<a: INT>`: gives the token after it. */
  #readType(start: number): number {
    if (this.#kind(start) !== "word") return start;
    this.#known.add(start);
    if (this.#text(start + 1) !== "<" || !HOLDS_TYPES.has(this.#text(start))) return start + 1;
    let at = start + 1;
    do {
      at++;
      if (this.#text(at + 1) === ":") {
        this.#known.add(at);
        at += 2;
      }
      at = this.#readType(at);
    } while (this.#text(at) === ",");
    return this.#text(at) === ">" ? at + 1 : at;
  }

  /** `x -> …` and `(x, y) -> …`: the names are known up to the end of this argument. */
  #readLambda(arrow: number): void {
    const { opens, closes } = this.#groups;
    const first = this.#text(arrow - 1) === ")" ? [...closes].find(([, close]) => close === arrow - 1)?.[0] : arrow - 1;
    if (first === undefined) return;
    if (!this.#takesLambda(arrow)) return;
    const parameters = new Map<string, number>();
    for (let i = first; i < arrow; i++) if (this.#kind(i) === "word") parameters.set(this.#text(i), i);
    for (const i of parameters.values()) this.#known.add(i);
    const group = opens[arrow];
    for (let i = arrow + 1; i < this.#tokens.length; i++) {
      const ends = opens[i] === group && [",", ")", "]"].includes(this.#text(i));
      if (ends || (group !== undefined && closes.get(group) === i)) return;
      if (this.#kind(i) === "word" && parameters.has(this.#text(i))) this.#known.add(i);
    }
  }

  /** Whether the arrow is in an argument behind the first of a function that accepts one there. */
  #takesLambda(arrow: number): boolean {
    const { opens } = this.#groups;
    const group = opens[arrow] ?? -1;
    const before = this.#tokens.slice(0, arrow).findIndex((_, i) => opens[i] === group && this.#text(i) === ",");
    return this.#text(group) === "(" && TAKES_LAMBDA.has(this.#text(group - 1)) && before >= 0;
  }

  /** Whether a value ends with this token, so that a word behind it is not a value. */
  #endsValue(i: number): boolean {
    const [kind, text] = [this.#kind(i), this.#text(i)];
    if (kind === "hole" || kind === "string" || kind === "number") return true;
    if (kind === "word") return this.#known.has(i) || VALUES.has(text) || this.#isField(i);
    return text === ")" || text === "]";
  }

  /** `….city` and `…:city`, of a value; between brackets a colon is that of a slice. */
  #isField(i: number): boolean {
    const isPath = this.#text(i - 1) === ":" && this.#text(this.#groups.opens[i] ?? -1) !== "[";
    return (this.#text(i - 1) === "." || isPath) && this.#endsValue(i - 2);
  }

  problemAt(i: number): string | undefined {
    const [kind, text] = [this.#kind(i), this.#text(i)];
    const before = this.#kind(i - 1);
    if ((kind === "hole" || before === "hole") && before !== undefined) {
      const both = kind !== "operator" && before !== "operator";
      if (both && this.#tokens[i]?.touches)
        return `must have a blank or an operator between \${} and what is next to it`;
      if (before === "hole" && text === "(") return `must not call what stands in \${}`;
    }
    if (kind === "word") return this.#wordProblem(i, text);
    if (kind !== "operator") return undefined;
    if (text === "*" && !this.#endsValue(i - 1) && !this.#countsRows(i)) return "must not hold * for all columns";
    if (text === "[" && this.#endsValue(i - 1) && !this.#readsKey(i))
      return "must not take an element by [ ], which counts from 0 on one engine and from 1 on another: at() of an array, entry() of a map";
    if ((text === ":" || text === ".") && !this.#endsValue(i - 1) && this.#kind(i - 1) !== "word")
      return `must not begin a name with "${text}"`;
    return undefined;
  }

  /** `….['key']`: the value of a map, which every engine reads alike. */
  #readsKey(open: number): boolean {
    return this.#kind(open + 1) === "string" && this.#text(open + 2) === "]";
  }

  #countsRows(i: number): boolean {
    return this.#text(i - 2) === "count" && this.#text(i - 1) === "(" && this.#text(i + 1) === ")";
  }

  #wordProblem(i: number, word: string): string | undefined {
    if (NEVER.has(word)) return `must not hold ${word.toUpperCase()}: an expression reads what stands in \${}`;
    if (word === "as" && this.#groups.opens[i] === -1) return "must not hold AS: the property names the column";
    if (this.#known.has(i) || this.#endsValue(i - 1) || this.#isField(i)) return undefined;
    const next = this.#text(i + 1);
    if (next === "(" && NEVER_CALLED.has(word)) return `must not call ${word}()`;
    if (next === "(" && REPEATS_ROWS.has(word)) return `must not call ${word}(), which makes several rows of one`;
    if (next === "(" || this.#qualifiesCall(i)) return undefined;
    if (this.#kind(i + 1) === "string" && TYPED.has(word)) return undefined;
    if (VALUES.has(word) && word !== "end") return undefined;
    if (UNITS.has(word) && next === "from" && this.#text(i - 2) === "extract") return undefined;
    const last = word === "unknown" && this.#text(i - 1) === "not" ? i - 2 : i - 1;
    if (AFTER.get(word)?.has(this.#text(last))) return undefined;
    if (BEFORE_A_VALUE.has(word) && this.#beginsValue(i + 1, word)) return undefined;
    return `names "${word}": write a column as \${c.${word}}`;
  }

  #beginsValue(i: number, after: string): boolean {
    const [kind, text] = [this.#kind(i), this.#text(i)];
    if (kind === undefined) return false;
    if (kind !== "operator" || text === "(" || text === "[") return true;
    return BEFORE_A_SIGN.has(after) && ["-", "+", "!", "~"].includes(text);
  }

  /** `catalog.schema.name(`: a function of the catalog. */
  #qualifiesCall(i: number): boolean {
    let at = i;
    while (this.#text(at - 1) === "." && this.#kind(at - 2) === "word") at -= 2;
    const first = at;
    if (this.#text(first - 1) === ".") return false;
    while (this.#text(at + 1) === "." && this.#kind(at + 2) === "word") at += 2;
    return at > first && this.#text(at + 1) === "(";
  }
}

/** Functions that make one value of many rows, on any engine. */
const AGGREGATES = words(
  "any_value approx_count_distinct approx_percentile approx_quantile arg_max arg_min array_agg avg bit_and bit_or bit_xor bool_and bool_or collect_list collect_set corr count count_if covar_pop covar_samp first histogram kurtosis last list listagg max max_by mean median min min_by mode percentile percentile_approx percentile_cont percentile_disc product quantile quantile_cont quantile_disc skewness std stddev stddev_pop stddev_samp string_agg sum try_avg try_sum var_pop var_samp variance",
);

/** Whether raw SQL makes one row of many: it calls an aggregate that is not one over a window. */
export function aggregatesRows(text: readonly string[]): boolean {
  const tokens = tokensOfAll(text);
  const groups = groupsOf(tokens);
  if (typeof groups === "string") return false;
  const behind = (open: number): number => (groups.closes.get(open) ?? open) + 1;
  return tokens.some(({ kind, text: word }, i) => {
    if (kind !== "word" || !AGGREGATES.has(word) || tokens[i + 1]?.text !== "(" || tokens[i - 1]?.text === ".")
      return false;
    const after = behind(i + 1);
    const last = tokens[after]?.text === "filter" ? behind(after + 1) : after;
    return tokens[last]?.text !== "over";
  });
}

/** What is another value each time that it is asked: by itself, and called. */
const VARIES = words("current_date current_timestamp localtimestamp");
const VARIES_CALLED = words(
  "now today curdate getdate rand randn random uuid uuidv4 uuidv7 gen_random_uuid shuffle monotonically_increasing_id",
);

/** A word of raw SQL that gives another value each time that it is asked, as it would be written. */
export function varyingWord(text: readonly string[]): string | undefined {
  const tokens = tokensOfAll(text);
  const found = tokens.find(({ kind, text: word }, i) => {
    if (kind !== "word" || tokens[i - 1]?.text === ".") return false;
    return VARIES.has(word) || (VARIES_CALLED.has(word) && tokens[i + 1]?.text === "(");
  });
  return found && (VARIES.has(found.text) ? found.text : `${found.text}()`);
}

/** The tokens of pieces that were found right, with a hole between each two. */
function tokensOfAll(text: readonly string[]): readonly Token[] {
  const hole: Token = { kind: "hole", text: "", touches: false };
  return text.flatMap((piece, i) => {
    const own = tokensOf(piece);
    return [...(i > 0 ? [hole] : []), ...(typeof own === "string" ? [] : own)];
  });
}
