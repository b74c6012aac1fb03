/** Pieces of JSON Schema that a manifest's schema is made of. */
export type Schema = Readonly<Record<string, unknown>>;
export type Fields = Readonly<Record<string, Schema>>;

export const text: Schema = { type: "string" };
export const flag: Schema = { type: "boolean" };
export const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
export const oneOf = (values: readonly (string | number)[]): Schema => ({ enum: values });
export const list = (items: Schema, minItems = 0): Schema => ({
  type: "array",
  items,
  ...(minItems > 0 && { minItems }),
});
export const names = list(text);

/** What every node has. */
export const NODE = {
  id: { type: "string", pattern: "^[0-9a-f]{16}$" },
  "at?": { type: "string", pattern: ":\\d+:\\d+$", maxLength: 10_000, description: "file:line:column of the code" },
} as const;

/** An object of these fields and no others. Those whose names end in ? may be missing. */
export function object(fields: Fields): Schema {
  const plain = Object.entries(fields).map(([name, schema]) => [name.replace(/\?$/, ""), schema] as const);
  return {
    type: "object",
    properties: Object.fromEntries(plain),
    required: Object.keys(fields).filter((name) => !name.endsWith("?")),
    additionalProperties: false,
  };
}
