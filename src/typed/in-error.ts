/** What an error was reported of: what is done with it is not a second one. */
// biome-ignore lint/suspicious/noExplicitAny: an error was reported, and what is done with the column is not another one.
export type InError = any;
