/** What the parts of the config share. */
import { z } from "zod";
import { isRecord } from "../core/describe.ts";

export const text = z.string().min(1);

/** The schemas of the layers. */
export const schemas = z.strictObject({ bronze: text.optional(), silver: text.optional(), gold: text.optional() });

/** An object of things with names of the user's own. Zod leaves one that is called __proto__ out without a word. */
export const named = <T extends z.ZodType>(thing: T, name: z.ZodString = z.string()) =>
  z
    .custom<unknown>((given) => !isRecord(given) || !Object.hasOwn(given, "__proto__"), "__proto__ cannot be a name")
    .pipe(z.record(name, thing));
