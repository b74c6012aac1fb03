/** What a target cannot do, or does in its own way, and what its settings contradict. */
import { family } from "./entry.ts";

export const TARGETS = family({
  BUNDLE001: {
    title: "A bundle without a usable environment",
    explanation:
      "A bundle has one target per environment of the config that goes to Databricks, named with letters, digits, _ and -.",
  },
  BUNDLE002: {
    title: "A catalog in some environments only",
    explanation: "Name a catalog in every environment or in none: the tables' names would differ in their parts.",
  },
  BUNDLE003: {
    title: "Settings that contradict each other",
    explanation: "The workspace would refuse these settings together, or one of them would have no effect.",
  },
  BUNDLE004: {
    severity: "warning",
    title: "Serverless without a catalog",
    explanation: "Serverless compute needs Unity Catalog: name a catalog in the environment.",
  },
  REFRESH002: {
    title: "A refresh policy that cannot be kept",
    explanation:
      "The query has something that ends the incremental refresh of a materialized view on Databricks. An error for the policy incremental strict, with which the update would fail; a warning for incremental.",
  },
  TARGET001: {
    title: "A function that the target cannot do as Spark does",
    explanation:
      "The meaning of every expression is Spark's. Where a target cannot give the same values, compiling refuses instead of giving others.",
  },
  TARGET002: {
    title: "No such target",
    explanation: "The targets are databricks, spark and duckdb.",
  },
  TARGET003: {
    severity: "info",
    title: "A setting that becomes something else",
    explanation: "The target has no such feature; it is emulated by other means, with the same rows.",
  },
  TARGET004: {
    severity: "warning",
    title: "A setting that is left out",
    explanation: "The target has nothing like it. The rows are the same without it.",
  },
  TARGET005: {
    title: "A setting that the target cannot mean",
    explanation: "The rows would be others without it, so nothing is compiled.",
  },
  TARGET006: {
    title: "A name that the Spark project uses",
    explanation:
      "Parts of tables have names such as <table>_checked in the Spark project, and Spark reads a dollar sign with braces as a parameter.",
  },
  TARGET007: {
    severity: "info",
    title: "Needs a recent runtime",
    explanation: "Only recent runtimes of Databricks accept the statement. The message names the runtime.",
  },
  TARGET008: {
    severity: "warning",
    title: "A path that Databricks may not find",
    explanation:
      "A workspace has no folder that a relative path could start from: give baseDir, or an absolute path. Where a path starts with a parameter, the value decides when it runs: it must be absolute. Brackets in a path are part of a name; they are escaped, which Databricks does not document.",
  },
  TARGET009: {
    title: "The targets are not loaded",
    explanation:
      "Node loads the targets when compile() is given the first name of one. A bundle has what it imports, and so has a browser: import medallion/targets once, or give compile() a target of it as a value.",
  },
});
