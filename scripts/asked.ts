/** The JSON Schema of what the reader of a setting asks for: the reader is run on a value that is whatever it is asked for. */
import { Cursor } from "../src/core/cursor.ts";
import { source, t } from "../src/index.ts";
import { literalNode } from "../src/nodes/exprs.ts";
import type { AnySetting, Reading } from "../src/settings/setting.ts";
import { primitive } from "../src/types/types.ts";
import { flag, list, NODE, names, object, oneOf, ref, type Schema, text } from "./schema.ts";

/** Stands for every text: a name, a comment, a function. */
const WORD = "word";

class Asked extends Cursor {
  #schema: (() => Schema) | undefined;
  readonly #fields = new Map<string, Asked>();
  #isNode = false;

  constructor() {
    super(WORD);
  }

  schema(): Schema {
    if (!this.#schema) throw new Error("the reader does not ask what the value is");
    return this.#schema();
  }

  /** Answers a question: from now on the value is of this schema. */
  is<T>(schema: Schema | (() => Schema), answer: T): T {
    this.#schema = typeof schema === "function" ? schema : () => schema;
    return answer;
  }

  override only(known: readonly string[]): void {
    const field = (name: string): readonly (readonly [string, Schema])[] => {
      for (const key of [name, `${name}?`] as const) {
        const asked = this.#fields.get(key);
        if (asked) return [[key, asked.schema()]];
        if (this.#isNode && Object.hasOwn(NODE, key)) return [[key, NODE[key as keyof typeof NODE]]];
      }
      throw new Error(`the reader knows ${name}, and does not read it`);
    };
    this.is(() => object(Object.fromEntries(known.flatMap(field))), undefined);
  }

  override get(name: string): Asked {
    const field = new Asked();
    this.#fields.set(name, field);
    return field;
  }

  override find(name: string): Asked {
    const field = new Asked();
    this.#fields.set(`${name}?`, field);
    return field;
  }

  override entries(): readonly (readonly [string, Asked])[] {
    const value = new Asked();
    return this.is(() => ({ type: "object", additionalProperties: value.schema() }), [[WORD, value]]);
  }

  override list(): readonly Asked[] {
    const item = new Asked();
    return this.is(() => list(item.schema()), [item]);
  }

  override either<const C extends string, T>(constant: C, other: () => T): C | T {
    const answer = other();
    const schema = this.schema();
    return this.is({ anyOf: [{ const: constant }, schema] }, answer);
  }

  override string(): string {
    return this.is(text, WORD);
  }

  override strings(): readonly string[] {
    return this.is(names, [WORD]);
  }

  override boolean(): boolean {
    return this.is(flag, true);
  }

  override oneOf<T extends string | number>(...known: readonly T[]): T {
    const [first] = known;
    return first === undefined ? this.fail("is one of nothing") : this.is(oneOf(known), first);
  }

  override place(): undefined {
    this.#isNode = true;
  }
}

function asked(json: Cursor): Asked {
  if (json instanceof Asked) return json;
  throw new Error("the reader asks about something that it was not given");
}

const READING: Reading = {
  column: (json) => json.string(),
  names: (json, least) => asked(json).is(list(text, least), [WORD]),
  condition: (json) => asked(json).is(ref("expression"), literalNode(true, primitive("boolean"))),
  relation: (json) => asked(json).is(ref("relation"), source.json("*.json", { [WORD]: t.int() }).toNode()),
  table: (json) => ({ name: json.string(), key: [WORD] }),
};

export function schemaOf(setting: Pick<AnySetting, "read">): Schema {
  const json = new Asked();
  setting.read(json, READING);
  return json.schema();
}
