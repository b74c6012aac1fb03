/** `medallion/zod`: zod schemas in and out. */
export { type ColumnMeta, type ColumnsFromZod, fromZod, toZod } from "./zod.ts";
