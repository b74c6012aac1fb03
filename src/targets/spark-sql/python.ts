/** Constants of Python in generated files. */

/** A text. What JSON escapes, Python reads alike. */
export const pythonText = (value: string): string => JSON.stringify(value);
