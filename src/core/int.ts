/** Whether a value is a whole number of 32 bits, as Spark counts rows. */
export const isInt = (value: unknown): value is number =>
  Number.isInteger(value) && Math.abs(value as number) <= 2_147_483_647;
