/** Mistakes in an expression: found by the types, when it is built, or by an analyzer. */
import { family } from "./entry.ts";

export const EXPRESSIONS = family({
  AGG001: {
    title: "Not an aggregate",
    explanation:
      "aggregate() gives one row per group, so each of its columns is an aggregate: sum(), count(), max(). A column to group by goes into groupBy(). The version of a snapshot is one value over all of its rows, such as max().",
  },
  AGG002: {
    title: "An aggregate in a row",
    explanation:
      "sum(), count() and the like are over many rows, and where(), select() and derive() are about one. Use aggregate(), after groupBy() or over all rows, or give the aggregate a window with over({ partitionBy }).",
  },
  EXPR001: {
    title: "Not an expression",
    explanation:
      "The callback returns something that is neither a column nor an expression. Return c.amount, or c.amount.gt(0).",
  },
  EXPR002: {
    title: "Not an object of columns",
    explanation:
      "select(), derive() and others name their columns by the properties of an object: ({ total: c.amount }).",
  },
  EXPR003: {
    title: "An operator of JavaScript on an expression",
    explanation:
      "An expression is a part of a query and has no value while the pipeline is built, so +, -, <, == and templates of JavaScript cannot work on it. Use its methods: plus(), minus(), lt(), eq(), concat(). What an expression is compared with or added to may be a constant.",
  },
  EXPR004: {
    title: "An expression that is not used",
    explanation:
      "A condition, or another expression, was made in the callback and is not a part of what the callback returns. In JavaScript every object is true: a && b is b alone, a ? b : c is b, and if (a) always holds. Use and(), or(), not() and fn.when(), or make the expression only where it is used: where a setting of yours chooses between two, write the choice around both. a || b and a ?? b are a alone, and b is never evaluated: tsc does not report them, nor does this rule. Three rules of oxlint or typescript-eslint with type information report them all: no-unnecessary-condition, no-misused-promises and restrict-template-expressions. medallion init writes them into .oxlintrc.json; in a project that exists: npm install --save-dev oxlint oxlint-tsgolint, the rules as typescript/… in .oxlintrc.json, oxlint --type-aware.",
  },
  EXPR005: {
    title: "A callback that is async",
    explanation:
      "A callback that builds a part of a pipeline gives it at once. A promise has no tables and no columns. Await what the callback needs before the pipeline is built.",
  },
  EXPR006: {
    severity: "warning",
    title: "Rows that a null leaves out",
    explanation:
      'status.ne("cancelled") is null where status is null, and where() keeps the rows for which its condition is true: the others are left out, although they are not cancelled. Use orElse(true) to keep them, or leave them out by name: status.isNotNull(), whereNotNull(). Conditions that compare for equality or order are not meant. A when() of fn.when() and deleteWhen are asked likewise: where the condition is null, the case goes on to the next branch, and the event deletes nothing. orElse(false) says that this is meant.',
  },
  EXPR007: {
    severity: "warning",
    title: "A value that is compared or calculated with itself",
    explanation:
      "o.day.eq(o.day) holds on every row where day is not null, and o.day.ne(o.day) on none. Another column was probably meant; whether a value is null is asked with isNull() and isNotNull(). Likewise a sum, a difference or a ratio of a value and itself, coalesce() of the same twice, a constant or column that in() or concat() is given twice, a join of the rows of a table with themselves by their key, and div() by 0, which is null.",
  },
  EXPR008: {
    severity: "warning",
    title: "A condition that decides nothing",
    explanation:
      'A condition holds on no row, or is false on none, whatever the data: what it asks of a value leaves nothing (eq(1).and(eq(2)), gt(5).and(lt(3)), the same over two steps), or its function gives no such value (month().eq(13), lower().eq("Open")), or ne(1).or(ne(2)) leaves nothing out. Or an alternative of or() adds no row, a text is compared that no branch of the case gives which makes it, or a branch of fn.when() comes after one that holds wherever it does, all branches give one value, or an expectation is a constant. Or a join matches pseudonyms that are made by different functions or with different salts, such as sha256() of one side and tokenize() of the other.',
  },
  EXPR009: {
    severity: "warning",
    title: "A pattern that means something else",
    explanation:
      "like() without % and _ matches its text alone, an empty text is in every other, contains() and matches() look for the character %, mm of a format are minutes where MM is the month, and HH of a DATE is 00. replace() and split() look for a text as it stands: regexpReplace() has patterns. A parameter is an expression, param.string(); only the path of a source names one in its text.",
  },
  EXPR010: {
    severity: "warning",
    title: "Values in the order of texts",
    explanation:
      'As texts "10" comes before "9", and "02.01.2024" before "31.12.2023". Order and compare the number or the time itself, and write it as a text at the end.',
  },
  EXPR011: {
    severity: "warning",
    title: "A range of times that ends with a day",
    explanation:
      'ordered_at.le("2024-01-31") and between("2024-01-01", "2024-01-31") end at the first instant of the 31st: a day is its midnight. Compare the days, ordered_at.toDate().le("2024-01-31"), or use lt("2024-02-01").',
  },
  EXPR012: {
    title: "The moment of the build as a constant",
    explanation:
      'new Date() and Date.now() are worked out when the pipeline is built, and stand in it as constants: every build is another definition, which rebuilds the table. Give the time as a parameter, param.timestamp("as_of"), whose value run() or the pipeline\'s configuration gives.',
  },
  EXPR013: {
    severity: "warning",
    title: "Raw SQL that gives another value each time",
    explanation:
      "now(), rand(), uuid() and the like give another value in every update. Rows that an update does not make again keep the old one, and engines differ in which rows those are. Use a parameter for a time, _ingested_at for when a row was read, and md5() or sha256() of what identifies a row for an id.",
  },
  EXPR014: {
    severity: "warning",
    title: "A value that is there twice, or is never used",
    explanation:
      "Two measures of a group, two groups, two columns that a step works out or two rules are the same under two names: a line was probably copied, and something else was meant in one of them. Two names for one column are not meant, nor are constants. Or round(2) is cast to a decimal with one digit after the point. Or coalesce() and orElse() have a column after one that is never null, and never come to it: their order was probably another.",
  },
  EXPR015: {
    severity: "warning",
    title: "A text that is the name of the column",
    explanation:
      'A text in the place of a column is a constant: ({ country: "country" }) of rows that have a country gives the word "country" on each row, and groups by it are one group. Columns are properties: o.country. A text under another name is not meant, such as the name of what a row of a pivoted table measures.',
  },
  FN001: {
    title: "No such function",
    explanation: "The catalogue of functions has none of this name for this use.",
  },
  FN002: {
    title: "A function of a plugin that cannot be defined",
    explanation:
      "A function is named after its plugin, with a dot: acme.haversine. Its SQL names its arguments $1, $2, and so on; that of an aggregate is one call.",
  },
  SQL001: {
    title: "Raw SQL that is not one expression",
    explanation:
      "sql`…` is one balanced expression in the reading of every target: no statement end, no comment, no open quote or bracket.",
  },
  TEXT001: {
    title: "A text with characters that cannot be stored",
    explanation: "Control characters, NUL and lone surrogates are not text on every engine.",
  },
  TYPE001: {
    title: "Types that do not go together",
    explanation: "The arguments of a function or the sides of a comparison have no common type. cast() one of them.",
  },
  TYPE002: {
    title: "A constant of another type",
    explanation:
      "A constant becomes the type of the column that it meets, exactly: no digit is lost. This one cannot. A JavaScript Date is an instant: it is a TIMESTAMP, a DATE only at midnight in UTC, and never a TIMESTAMP_NTZ, since which day and hour it shows depends on a time zone. Give those as texts.",
  },
  TYPE003: {
    title: "No such type",
    explanation: "A decimal has 1 to 38 digits, all of which may be after the point.",
  },
  TYPE005: {
    title: "A cast that Spark does not have",
    explanation:
      "Spark has no cast between these types in ANSI mode. Cast through a type between them, or build the value from its parts.",
  },
  TYPE006: {
    title: "A text that is not a value of an enum",
    explanation: "A column of t.enum() equals no other text. Use one of its values, or cast(t.string()) it.",
  },
  TYPE007: {
    title: "Values that cannot be compared",
    explanation:
      "Rows are grouped, ordered and told apart by values that every engine compares alike. Of maps and variants, and of arrays and structs that hold one, the engines do not agree, or refuse to compare them. Extract the value that is meant.",
  },
  WIN001: {
    title: "A filtered aggregate over a window",
    explanation:
      "An aggregate has a filter or a window, not both. Over a window, make what it aggregates null elsewhere: fn.when(condition, value).otherwise(null).sum(). maxBy(), minBy(), firstBy() and lastBy() leave out rows whose order is null, so it is the order that is made null there.",
  },
  WIN002: {
    title: "A window function without an order",
    explanation: "The answer of this function depends on the order of rows. Without an orderBy it is left to chance.",
  },
  WIN003: {
    title: "A window where none is allowed",
    explanation:
      "A window is over all rows of a query, so it is a separate column: derive() it in a step before, then use the column. An expectation and changes() look at rows one by one, and a stream at new ones alone; no engine has windows in the condition of a join.",
  },
  WIN004: {
    title: "Not a frame of a window",
    explanation:
      "A frame has a unit, rows or range, and two bounds, the lower one first: whole numbers, or unbounded. A range that counts does so from the value of the one column that orders the window, a number or a date. Ranks, row numbers, lag() and lead() have none: they go by the order of the partition.",
  },
  WIN005: {
    severity: "warning",
    title: "An order that orders nothing",
    explanation:
      "A window is ordered by a constant or by what it is partitioned by, which is the same in all of its rows; so is lastBy() by a group. Or an order or a partition names a column twice, of which the second time decides nothing: another one was meant. Or each window is one row: it is partitioned by a key, its frame is the row itself, or lastValue() is without a frame, which ends there.",
  },
});
