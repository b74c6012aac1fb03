/** A file that is not read, and why, in words that follow "the file cannot be read: ". */
export class UnreadableFile extends Error {}
