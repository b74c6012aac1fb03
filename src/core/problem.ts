declare const problem: unique symbol;

/** A type that no value has. A mistake has this type, so `Message` is what the user reads in the compile error. */
export interface Problem<Message extends string> {
  readonly [problem]: Message;
}
