/** What the parts of the config share. */
import { z } from "zod";

export const text = z.string().min(1);

/** The schemas of the layers. */
export const schemas = z.strictObject({ bronze: text.optional(), silver: text.optional(), gold: text.optional() });
