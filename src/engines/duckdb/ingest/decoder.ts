/**
 * Texts as DuckDB has them: the driver decodes with a `TextDecoder` that drops a byte order mark at the start of a value, so
 * that a text, a key or the name of a file would come as another one. The driver has one decoder for all of its readers.
 */
import { accessors } from "../driver.ts";

Reflect.set(accessors, "textDecoder", new TextDecoder("utf-8", { ignoreBOM: true }));
