/**
 * How deep objects and arrays may stand inside each other in JSON: the limit of Jackson, with which Spark reads it. What is
 * deeper is not JSON on any engine.
 */
export const JSON_DEPTH = 1000;
