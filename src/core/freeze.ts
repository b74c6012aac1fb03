/** Values do not change once they are made. One name for it keeps the root door small. */
export const freeze: typeof Object.freeze = Object.freeze;
