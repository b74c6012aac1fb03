/** Mistakes in the definition of a pipeline: found by the types, when it is built, or by an analyzer. */
import { family } from "./entry.ts";

export const BUILDING = family({
  ARG001: {
    title: "Wrong argument",
    explanation:
      "An argument of a method is missing, or is not of the kind that the method accepts. The message names it.",
  },
  COL001: {
    title: "No such column",
    explanation: "The relation has no column of this name. The help lists its columns and suggests the nearest one.",
  },
  COL002: {
    title: "Column name that cannot be used",
    explanation:
      "Names of columns are compared without regard to case by SQL, and some are kept by the engines for what they store alongside a table. Give the column another name. A table has at least one column, and a struct one field.",
  },
  COL003: {
    title: "A declaration is not an expression",
    explanation:
      "t.string() and the like declare a column. In an expression use the column itself, or cast(t.string()).",
  },
  COPY001: {
    title: "Something of another copy of the package",
    explanation:
      "Two copies are loaded, such as the project's own and that of a plugin or of a command that is installed elsewhere. Neither knows what the other makes. npm ls medallion lists them; a package that shares tables or plugins has medallion in its peerDependencies.",
  },
  EXPECT001: {
    title: "Two expectations of one name",
    explanation:
      "Results are reported by name, so every expectation of a table has its own; readable is that of rows of files which could not be read.",
  },
  FK001: {
    title: "The other table has no key",
    explanation:
      "lookup() and references() match the key of the other table. Declare it there: .key((c) => c.id). A history (scd2) has several rows of each key, so that .key() on it would be wrong: read it with asOfJoin(), or make a table of its current rows, where((h) => h.__END_AT.isNull()), and give that the key.",
  },
  FK002: {
    title: "A reference that does not fit the key",
    explanation: "A foreign key or a lookup gives as many columns as the key has, of the same types.",
  },
  FK003: {
    title: "A reference to a query",
    explanation: "references() names a table: the constraint is between tables. Make the query a table.",
  },
  FLOW001: {
    title: "A flow that cannot be added",
    explanation: "Every flow of a table has its own name, and a flow of a change target is change events.",
  },
  FLOW002: {
    title: "A flow that does not fit its table",
    explanation:
      "All flows write the same columns: the same names, types, units and labels, and not null where the table is not.",
  },
  FLOW003: {
    title: "A flow into a materialized view",
    explanation: "Flows append to streaming tables. A materialized view is computed as a whole: use union().",
  },
  FLOW004: {
    title: "Flows that apply changes differently",
    explanation: "All flows of a change target have the same keys, tracked columns and options.",
  },
  JOIN001: {
    title: "An as-of join off the key",
    explanation:
      "An as-of join finds the one version of a key that was valid at a time. It has to compare every key column with eq(), or several versions match one row.",
  },
  JOIN002: {
    title: "An as-of join to a table without history",
    explanation: "asOfJoin() reads the versions that scd2() makes. Another table has none: use lookup() or join().",
  },
  JOIN003: {
    title: "An as-of join at another type of time",
    explanation:
      "Versions are valid between values of their sequence. The time to look at has the type of the sequence.",
  },
  JOIN004: {
    title: "A join that compares nothing",
    explanation:
      "The condition of a join names columns of one side only, or of none, so every row of one side meets every row of the other. Compare a column of each side.",
  },
  JOIN005: {
    severity: "warning",
    title: "A join to every version",
    explanation:
      "A history has a row for each version. A join that does not name the time of the versions matches all of them, and one that names their start alone all that began before. Read the version of a time with asOfJoin(), or the current one with where((c) => c.__END_AT.isNull()).",
  },
  JOIN006: {
    severity: "warning",
    title: "A join that tries every row with every row",
    explanation:
      "Engines find the rows of a join by values that are equal on both sides. A condition without such an equality, or with one inside of or(), makes them try every pair, in a time that grows with the square of the rows. Compare a column of each side with eq(), and put other conditions next to it with and(). A value between two of the other side, as in a join of days with what is valid on them, is not meant.",
  },
  JOIN007: {
    severity: "warning",
    title: "Columns that the other side replaces",
    explanation:
      "({ ...o, ...c }) gives the other side's column wherever both have one of that name: its id would be the customer's. A key that is equal on both sides is null where a left join or a lookup finds no match. Name the columns that come from the other side, or put the other side first.",
  },
  JOIN008: {
    severity: "warning",
    title: "A join of which nothing is used",
    explanation:
      "The columns that a lookup(), asOfJoin() or leftJoin() gives are all of this side: it keeps every row, so it does nothing, or at most repeats rows. Take a column of the other side, leave the join out, or use semiJoin().",
  },
  JOIN009: {
    severity: "warning",
    title: "A history without some of its versions",
    explanation:
      "asOfJoin() finds the version that was valid at a time. Among the current rows only, rows of earlier times find none. Join the history itself; where the current row is meant, lookup() a table of where((h) => h.__END_AT.isNull()) with a key.",
  },
  KEY001: {
    title: "A key that may be null",
    explanation:
      "A null identifies nothing. Filter with whereNotNull((r) => ({ id: r.id })), or give orElse() a value.",
  },
  KEY002: {
    title: "Not a column under its own name",
    explanation: "Keys, clustering and whereNotNull() name stored columns. derive() an expression as a column first.",
  },
  KEY004: {
    title: "A column twice in a key",
    explanation: "A column that is named twice identifies no more than once. Another column was probably meant.",
  },
  KEY005: {
    severity: "warning",
    title: "A key that the query does not make unique",
    explanation:
      "The query gives one row per group, per key of dedupe(), per version of a history, or per key of the table whose rows it reads as they are, and the declared key is something else or a part of it: several rows may share it. Or it has columns of one side of a join alone, of which the other side matches several rows, or more columns than dedupe() was given, which leaves one row of those alone. Group, dedupe or join by the key, or name all of it.",
  },
  KEY006: {
    title: "Identifiers of different things",
    explanation:
      'A column that is declared with id("bike") identifies a bike. It is compared, matched by references() and lookup(), and put into one column only with what identifies a bike too; a constant may be either. Where another column is one, declare it with id(), or cast(t.bigint().id("bike")) it.',
  },
  LAYER001: {
    title: "A read against the order of layers",
    explanation: "Bronze reads sources, silver reads bronze and silver, gold reads silver and gold.",
  },
  LAYOUT001: {
    title: "Partitioned and clustered",
    explanation:
      "A table has one layout. Keep clusterBy(), which is the better one where the platform has it, or partitionBy().",
  },
  LAYOUT002: {
    title: "A layout by what cannot be",
    explanation:
      "Delta clusters by at most four columns of numbers, texts, dates and timestamps. Partitions are folders: nothing nested names one, and one column at least stays in the files. Engines refuse a column that clusterBy() or partitionBy() names twice.",
  },
  MAN001: {
    title: "Not a manifest",
    explanation: "The JSON is not the manifest of a pipeline of this version. Write it with JSON.stringify(pipeline).",
  },
  MAN002: {
    title: "A part of a manifest of the wrong kind",
    explanation: "The message gives the path into the JSON and what is expected there.",
  },
  MAN003: {
    title: "A manifest that contradicts itself",
    explanation:
      "Types, labels, columns and ids are worked out again from the query. The JSON states something else at this path.",
  },
  MAN004: {
    title: "A manifest beyond the limits",
    explanation: "A manifest has a stated depth and size: docs/manifest.md.",
  },
  MAN005: {
    title: "A manifest that the builder refuses",
    explanation: "The part at this path would be refused by the builder as well. The message is the builder's.",
  },
  MAN006: {
    title: "A manifest that names a part of a plugin",
    explanation:
      "A format, a setting or a function that is not built in comes with a plugin. Give it to `fromManifest()`: `{ plugins: [acme] }`.",
  },
  METRIC001: {
    title: "A sum of what does not add up",
    explanation:
      "Averages, ratios, extremes and distinct counts do not sum; what a join or a window repeated would be counted several times. A balance does not sum over time: take lastBy(time) of each account, and sum what has one row an account. Where the groups are of a time too, the result is still a balance, which may be summed in groups of that very time; a month of days holds several.",
  },
  METRIC002: {
    title: "Two units in one number",
    explanation:
      "Numbers of different units are neither added, compared nor put into one column. convert() one of them first.",
  },
  METRIC003: {
    title: "A measure over rows that a join repeated",
    explanation:
      "A join gives a row for each match. A count of its rows counts matches, and a sum of numbers that are made for each row does as well. A warning for counts, which may mean the matches; an error for sums. It is quiet where the other side is joined on its key, where the join is in another table that has a key, which says what its rows are, and where acknowledgeFanOut() of a number in it says that the matches are meant. Of a left join, countRows() counts a row that nothing matches as one match: count() a column of the other side.",
  },
  METRIC004: {
    severity: "warning",
    title: "An average of averages",
    explanation:
      "Groups of few rows weigh as much as groups of many, whether an average is rounded, cast or filled before or not. Keep the sum and the count of each group, and divide at the end.",
  },
  METRIC005: {
    title: "A sum or an average of keys",
    explanation:
      "A key, a foreign key or a column declared with id() names a row: its sum or average, or what arithmetic makes of it, means nothing. Count it, or use the column that was meant. cast() makes a number of an identifier.",
  },
  METRIC006: {
    severity: "warning",
    title: "A measure that tells nothing about its group",
    explanation:
      "count() counts the rows that have a value, and a condition has one where it is false as well: countIf() counts where it holds. The greatest, the mean or the number of different values of what the rows are grouped by is the group itself, or 1. Grouped by the whole key of what is read, each group is one row, and its sum or mean is the value itself: the group has a column too many.",
  },
  METRIC007: {
    severity: "warning",
    title: "A measure over every version of a history",
    explanation:
      "A history has a row per version, so its sums and counts add up what was valid at different times. Filter the current versions with where((h) => h.__END_AT.isNull()), read the version of a time with asOfJoin(), or group by the key or by __START_AT where changes are counted.",
  },
  METRIC008: {
    severity: "warning",
    title: "A rate between units that is another one",
    explanation:
      'convert("MWh", 1000) of kWh multiplies by 1000, and a kWh is 0.001 MWh. Where both units are ones that everybody has, a constant rate is compared with the one between them, give or take 2 %; of a unit to itself it is 1. Celsius, Fahrenheit and Kelvin begin at different points: no rate alone makes one of the other.',
  },
  METRIC009: {
    severity: "warning",
    title: "A balance of one of several accounts",
    explanation:
      "lastBy(day) gives the balance of one row, the last. Where the rows of a group are told apart by more than the day, such as the article in a table with the key article and day, several articles have a last balance, and the group has that of one of them. Group by the article as well, and sum() the balances in a further step.",
  },
  PARAM001: {
    title: "Not a name for a parameter",
    explanation:
      "The name of a parameter has letters, digits, _ and dots: it is a name of the pipeline's configuration on every target.",
  },
  PARAM002: {
    title: "A parameter without a value",
    explanation:
      "A table uses a parameter that has neither a default nor a value in this run or environment. Tables that an update is not for need none.",
  },
  PARAM003: {
    title: "A value that fits no parameter",
    explanation:
      "The pipeline has no parameter of this name, or the value is not exactly one of the parameter's type: 1.5 is not an INT, and nothing is rounded.",
  },
  PARAM004: {
    title: "One parameter, declared in two ways",
    explanation:
      "A parameter has one value in a run, wherever it is used. Declarations of one name, also of pipelines that are included, have the same type, the same default, and are all secret or none. Declare it once and import it.",
  },
  PII001: {
    title: "Personal data in gold",
    explanation:
      "Labels travel from the source through every expression, join and aggregate. Gold accepts no label but pseudonym: hash, mask or drop the column, or declassify() it with a reason that the audit trail keeps.",
  },
  PII002: {
    title: "Not a label of a source",
    explanation:
      'Say what makes the column sensitive: pii("email"). pseudonym is what sha256() and tokenize() make of it: as the label of a source it would let personal data into gold.',
  },
  PII003: {
    title: "Declassified without a reason",
    explanation: "declassify() clears a label. The reason is kept in the audit trail, so it cannot be empty.",
  },
  PII004: {
    severity: "warning",
    title: "A salt that is written in the SQL",
    explanation:
      'Whoever reads the SQL or the manifest can undo the pseudonym by trying values. Give a secret: param.secret("salt", { scope: "governance" }).',
  },
  PII005: {
    severity: "warning",
    title: "Personal data chooses the rows or values of a gold table",
    explanation:
      "Personal data decides which rows are there, so that being in the table reveals something about the person: by where(), a join that drops what it does not match, the order of dedupe() or orderBy().limit(), expectOrDrop(), expectOrQuarantine() or what orders, deletes and versions changes. Or it decides values that carry no label for it: those that a lookup or an outer join brings where personal data matches, groups and windows that a condition parts, counts of what a condition makes null. Here or in a table that is read. Declassify the condition with a reason, join on a pseudonym, or decide by another column. Tests for null are not meant.",
  },
  PII006: {
    severity: "warning",
    title: "A mask that does not cover the quarantine",
    explanation:
      "The quarantine of a table of files keeps the row as it came and the value that could not be read, as text. The masks of its columns hold in the quarantine, but no mask covers that text. Restrict who reads the quarantine, and mask the column in a silver table instead.",
  },
  REFRESH001: {
    title: "A refresh policy of a streaming table",
    explanation: "A streaming table reads what is new. Only materialized views have a refresh policy.",
  },
  REL001: {
    title: "Not a table or relation",
    explanation:
      "A layer's callback returns an object of relations, each made from a property of $: $.orders.where(…).",
  },
  SCD001: {
    title: "Not change events",
    explanation:
      "scd1() and scd2() apply change events, which are named by changes({ key, sequenceBy }) or snapshots({ key }); other tables are relations.",
  },
  SCD002: {
    title: "A key that is not stored",
    explanation: "Changes are applied to the rows of their key, so the key is one of the stored columns.",
  },
  SCD003: {
    title: "A sequence that may be null",
    explanation: "The sequence orders the events of a key. A null has no place in an order.",
  },
  SCD004: {
    title: "A history that is truncated",
    explanation: "truncateWhen empties a table of type 1. A history keeps what was: leave it out, or use scd1().",
  },
  SCD007: {
    severity: "warning",
    title: "Snapshots that cannot be told apart",
    explanation:
      "Snapshots that arrive together are applied one after the other where their version is the greatest value of a column of the rows, such as the day that they were taken on. Of any other version only the last snapshot of an update is seen, and what was between is lost.",
  },
  SCD008: {
    title: "Rules on a target of changes",
    explanation:
      "Several events make each row of a change target, and a rule that drops or quarantines one would change what the others make. Keep the rules on the table whose events it applies: what a rule leaves out there is not an event.",
  },
  SCD009: {
    severity: "warning",
    title: "A sequence that orders nothing",
    explanation:
      "sequenceBy decides which of the events of a key is later. A constant, or a value of the key alone, is the same in all of them, true and false tell no more than two apart, an amount may fall, and a part of a time, such as the month, begins anew. Of a struct each part counts: one that is there twice, or is of the key, was meant to be another. Nor does an event that empties the table also delete: deleteWhen and truncateWhen are not the same. The version of snapshots tells them apart, and in their key it leaves no row that two of them share.",
  },
  SCD010: {
    severity: "warning",
    title: "Snapshots that all differ",
    explanation:
      "The day that a snapshot was taken on differs in each of them. Stored and tracked, it makes a new version of every row with each snapshot. Leave it out of columns, or name what makes a version in trackHistory.",
  },
  SCD011: {
    severity: "warning",
    title: "Tracked columns that track nothing",
    explanation:
      "trackHistory names the columns of which a change makes a new version. A table of scd1() has no versions, and a key never changes.",
  },
  SET001: {
    title: "A query step after a setting",
    explanation: "Settings belong to a table: they come after its last query step. A step after them would lose them.",
  },
  SET002: {
    title: "Not the name of a SQL function",
    explanation: "Masks and row filters name a function of the catalog: governance.mask_email.",
  },
  SET003: {
    title: "A property that the catalog keeps",
    explanation: "Some table properties belong to the catalog. The help names the setting to use instead.",
  },
  SET004: {
    title: "Not a refresh policy",
    explanation: "The help lists the policies.",
  },
  SET005: {
    title: "Not a setting of a plugin",
    explanation:
      "set() accepts what defineSetting() made. A setting is named after its plugin, with a dot: acme.retention.",
  },
  SET006: {
    title: "A value that a setting does not accept",
    explanation: "The definition of the setting states what its values look like. They are JSON, for the manifest.",
  },
  SET007: {
    title: "A setting given twice",
    explanation:
      "A table has one key, comment, owner, clustering, row filter and kind: a second one would replace the first. Columns of one key or clustering are given together. What a preset gives, by with(), or a table inherits, its own settings replace.",
  },
  SRC001: {
    title: "A source path that cannot be used",
    explanation: "A source needs a path, and the user who runs the update needs permission to list its folders.",
  },
  SRC002: {
    title: "An option that the format does not accept",
    explanation: "The value of an option of a source is not one that its format has.",
  },
  SRC009: {
    title: "Rows of files changed in the step that reads them",
    explanation:
      "Store the files in a bronze table as they come, and read that one in silver: then a change of the query needs no file again.",
  },
  STREAM001: {
    title: "A stream that cannot be one",
    explanation:
      "Only row-by-row steps over an append-only input can be read as a stream. Joins, aggregates, windows and tables that are updated in place make a materialized view.",
  },
  TBL001: {
    title: "Two tables of one name",
    explanation: "A table's name is its own in the whole pipeline, without regard to case.",
  },
  TBL002: {
    title: "Not a name for a table or a pipeline",
    explanation: "Letters, digits and _, at most 200, and not what the engines call a part of another table.",
  },
  TBL003: {
    title: "No such table",
    explanation: "The pipeline has no table of this name. The help suggests the nearest one.",
  },
  TBL004: {
    severity: "warning",
    title: "A table named like a part of another",
    explanation:
      "Spark and Databricks keep parts of a table under names such as <table>_checked. A table of that name clashes there.",
  },
  TBL005: {
    title: "A table of another pipeline",
    explanation:
      "A pipeline reads its own tables. Include the other pipeline, and read its tables from $: tables that several modules include are the same table.",
  },
  UNION001: {
    title: "Sides of a union that differ",
    explanation: "union() matches columns by name: both sides have the same columns of the same types.",
  },
  UNION002: {
    title: "A union of the same rows",
    explanation:
      "Two inputs of a union, or two flows of a table, are the same query: each row would appear twice. Leave one out, or tell them apart. A warning where one of them filters the other's rows, which then appear twice.",
  },
  ZOD001: {
    title: "A Zod schema without a column type",
    explanation: 'The schema has no one SQL type. Say which: .meta({ sql: "decimal(12,2)" }).',
  },
});
