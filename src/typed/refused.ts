/** What a method gives that may not be called here: a type that no step accepts, so that the sentence is the first line of the error. */

/** Its name and the sentence are what an error writes, whether it is used as a column or called further. */
export interface Refused<Message extends string> {
  readonly " ~refused": Message;
  /** A refused aggregate is refused over a window as well. */
  over(window: unknown): Refused<Message>;
  filter(condition: unknown): Refused<Message>;
}

/** A method that may not be called, instead of one that may. */
export type Refusing<Message extends string> = (...given: readonly unknown[]) => Refused<Message>;
