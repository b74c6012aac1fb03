/** What an error was reported of: what is done with it is not a second one. */
// biome-ignore lint/suspicious/noExplicitAny: an error was reported, and whatever is done with the column is none.
export type InError = any;
