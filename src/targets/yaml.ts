/** Texts in YAML that every reader reads as texts: those of YAML 1.1, such as PyYAML, and those of 1.2. */
/** What begins otherwise, a number, a date or a sign, may be something else to one of the readers. */
const PLAIN = /^(?:[A-Za-z_$/]|\.\.\/)(?:[\w ./${}@()*-]|:(?=\S))*$/;
const WORDS = /^(?:y|yes|n|no|on|off|true|false|null)$/i;

export function isPlain(text: string): boolean {
  return PLAIN.test(text) && !WORDS.test(text) && !/\s$/.test(text);
}

/** A text in double quotes, which can hold every character. */
export function quoted(text: string): string {
  return escaped(JSON.stringify(text));
}

/** Characters that YAML does not print, and line ends that JSON does not know, as what they are in double quotes. */
export function escaped(yaml: string): string {
  return yaml.replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
