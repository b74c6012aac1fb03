/**
 * The names that other tools have for steps, types and functions. They are protected members of a class that names ours, so
 * `tsc` refuses them with that name and no editor offers them. `diagnostics/known-as.ts` has them at run time, and those of values:
 * here they would cost each column of each table.
 */

import type { AnyStep } from "./broken.ts";
import type { InError } from "./in-error.ts";

declare class ItIsCalledWhereHere {
  protected readonly filter: AnyStep;
}

declare class ItIsCalledWhereNotNullHere {
  protected readonly dropna: AnyStep;
}

declare class ItIsCalledSelectHere {
  protected readonly map: AnyStep;
  protected readonly project: AnyStep;
  protected readonly drop: AnyStep;
  protected readonly rename: AnyStep;
  protected readonly withColumnRenamed: AnyStep;
  protected readonly selectExpr: AnyStep;
}

declare class ItIsCalledDeriveHere {
  protected readonly withColumn: AnyStep;
  protected readonly withColumns: AnyStep;
  protected readonly mutate: AnyStep;
  protected readonly assign: AnyStep;
}

declare class ItIsCalledAggregateHere {
  protected readonly agg: AnyStep;
  protected readonly summarise: AnyStep;
  protected readonly summarize: AnyStep;
}

declare class ItIsCalledDedupeHere {
  protected readonly distinct: AnyStep;
  protected readonly dropDuplicates: AnyStep;
}

declare class ItIsCalledOrderByHere {
  protected readonly sort: AnyStep;
  protected readonly sortBy: AnyStep;
  protected readonly arrange: AnyStep;
}

declare class ItIsCalledUnionHere {
  protected readonly unionAll: AnyStep;
  protected readonly unionByName: AnyStep;
}

declare class ItIsCalledJoinHere {
  protected readonly merge: AnyStep;
  protected readonly innerJoin: AnyStep;
}

declare class ItIsCalledLeftJoinHere {
  protected readonly leftOuterJoin: AnyStep;
}

declare class ItIsCalledFullJoinHere {
  protected readonly outerJoin: AnyStep;
  protected readonly fullOuterJoin: AnyStep;
}

declare class LimitComesAfterOrderBy {
  protected readonly limit: AnyStep;
  protected readonly take: AnyStep;
  protected readonly head: AnyStep;
}

declare class CountRowsIsAMeasureOfAggregate {
  protected readonly count: AnyStep;
}

declare class ColumnsArePropertiesInCallbacks {
  protected readonly alias: AnyStep;
  protected readonly as: AnyStep;
  protected readonly col: (name: string) => InError;
}

declare class RowsAreReadWhenItHasRun {
  protected readonly show: AnyStep;
  protected readonly collect: AnyStep;
  protected readonly toPandas: AnyStep;
}

declare class ItIsCalledAsOfJoinHere {
  protected readonly join_asof: AnyStep;
}

declare class StartFromTheOtherTableWithLeftJoin {
  protected readonly rightJoin: AnyStep;
  protected readonly rightOuterJoin: AnyStep;
}

declare class AJoinComparesColumnsOfItsSides {
  protected readonly crossJoin: AnyStep;
}

declare class WhereComesAfterTheMeasures {
  protected readonly having: AnyStep;
  protected readonly qualify: AnyStep;
}

declare class EachColumnIsAMeasureWithAFilter {
  protected readonly pivot: AnyStep;
}

declare class SemiJoinKeepsTheRowsOfBoth {
  protected readonly intersect: AnyStep;
}

declare class AntiJoinLeavesOutTheRowsOfTheOther {
  protected readonly except: AnyStep;
  protected readonly exceptAll: AnyStep;
  protected readonly subtract: AnyStep;
}

/** What is sorted has no other step. */
export declare class LimitComesFirst {
  protected readonly where: AnyStep;
  protected readonly select: AnyStep;
  protected readonly derive: AnyStep;
  protected readonly key: AnyStep;
  protected readonly dedupe: AnyStep;
  protected readonly comment: AnyStep;
  protected readonly take: AnyStep;
  protected readonly head: AnyStep;
}

type AnyValue = (...given: readonly unknown[]) => InError;

declare class AFunctionOfOneColumnIsItsMethod {
  protected readonly sum: AnyValue;
  protected readonly avg: AnyValue;
  protected readonly mean: AnyValue;
  protected readonly min: AnyValue;
  protected readonly max: AnyValue;
  protected readonly countDistinct: AnyValue;
  protected readonly first: AnyValue;
  protected readonly last: AnyValue;
  protected readonly upper: AnyValue;
  protected readonly lower: AnyValue;
  protected readonly trim: AnyValue;
  protected readonly substring: AnyValue;
  protected readonly length: AnyValue;
  protected readonly round: AnyValue;
  protected readonly abs: AnyValue;
  protected readonly year: AnyValue;
  protected readonly month: AnyValue;
  protected readonly toDate: AnyValue;
  protected readonly to_date: AnyValue;
  protected readonly datediff: AnyValue;
  protected readonly date_trunc: AnyValue;
  protected readonly lag: AnyValue;
  protected readonly lead: AnyValue;
  protected readonly sha256: AnyValue;
  protected readonly md5: AnyValue;
  protected readonly desc: AnyValue;
  protected readonly asc: AnyValue;
  protected readonly isNull: AnyValue;
  protected readonly cast: AnyValue;
  protected readonly not: AnyValue;
  protected readonly and: AnyValue;
  protected readonly or: AnyValue;
}

declare class ItIsCalledCountRowsHere {
  protected readonly count: AnyValue;
}

declare class ItIsCalledWhenHere {
  protected readonly case: AnyValue;
  protected readonly ifelse: AnyValue;
}

declare class ItIsCalledCoalesceHere {
  protected readonly ifNull: AnyValue;
  protected readonly nvl: AnyValue;
}

declare class ItIsCalledRowNumberHere {
  protected readonly row_number: AnyValue;
}

declare class AColumnIsAPropertyInACallback {
  protected readonly col: AnyValue;
  protected readonly expr: AnyValue;
}

declare class ArrayAggThenJoinTextInTheStepAfter {
  protected readonly stringAgg: AnyValue;
  protected readonly string_agg: AnyValue;
  protected readonly listagg: AnyValue;
}

declare class ATimeIsAParameter {
  protected readonly now: AnyValue;
  protected readonly today: AnyValue;
  protected readonly currentDate: AnyValue;
  protected readonly currentTimestamp: AnyValue;
  protected readonly current_date: AnyValue;
  protected readonly current_timestamp: AnyValue;
}

/** Functions of other tools that `fn` has not. */
export interface KnownFunctions
  extends AFunctionOfOneColumnIsItsMethod,
    ItIsCalledCountRowsHere,
    ItIsCalledWhenHere,
    ItIsCalledCoalesceHere,
    ItIsCalledRowNumberHere,
    AColumnIsAPropertyInACallback,
    ArrayAggThenJoinTextInTheStepAfter,
    ATimeIsAParameter {}

/** A measure is a column once it is aggregated. Its methods are those of its column then. */
export declare class DeriveAfterAggregate {
  protected readonly plus: AnyValue;
  protected readonly minus: AnyValue;
  protected readonly times: AnyValue;
  protected readonly div: AnyValue;
  protected readonly round: AnyValue;
  protected readonly abs: AnyValue;
  protected readonly cast: AnyValue;
  protected readonly tryCast: AnyValue;
  protected readonly orElse: AnyValue;
  protected readonly nullIf: AnyValue;
  protected readonly eq: AnyValue;
  protected readonly ne: AnyValue;
  protected readonly gt: AnyValue;
  protected readonly ge: AnyValue;
  protected readonly lt: AnyValue;
  protected readonly le: AnyValue;
  protected readonly joinText: AnyValue;
  protected readonly size: AnyValue;
  protected readonly at: AnyValue;
  protected readonly distinct: AnyValue;
  protected readonly sorted: AnyValue;
  protected readonly has: AnyValue;
  protected readonly concat: AnyValue;
  protected readonly upper: AnyValue;
  protected readonly lower: AnyValue;
  protected readonly trim: AnyValue;
  protected readonly toDate: AnyValue;
  protected readonly year: AnyValue;
  protected readonly month: AnyValue;
  protected readonly truncate: AnyValue;
  protected readonly daysSince: AnyValue;
  protected readonly secondsSince: AnyValue;
  protected readonly format: AnyValue;
  protected readonly mod: AnyValue;
  protected readonly ceil: AnyValue;
  protected readonly floor: AnyValue;
  protected readonly isNull: AnyValue;
  protected readonly isNotNull: AnyValue;
  protected readonly between: AnyValue;
  protected readonly in: AnyValue;
  protected readonly negate: AnyValue;
  protected readonly alias: AnyValue;
  protected readonly as: AnyValue;
}

declare class ItIsCalledHasHere {
  protected readonly contains: AnyValue;
  protected readonly includes: AnyValue;
}

declare class ItIsCalledJoinTextHere {
  protected readonly join: AnyValue;
}

declare class ItIsCalledSizeHere {
  protected readonly length: InError;
  protected readonly len: AnyValue;
}

declare class AnElementIsReachedByAt {
  protected readonly first: AnyValue;
  protected readonly get: AnyValue;
}

/** Methods of other tools that arrays have not: few columns are arrays, so these cost little. */
export interface KnownOfArrays
  extends ItIsCalledHasHere,
    ItIsCalledJoinTextHere,
    ItIsCalledSizeHere,
    AnElementIsReachedByAt {}

/** A field is a property of `fields`. */
export declare class AFieldIsReachedByFields {
  protected readonly field: AnyValue;
  protected readonly getField: AnyValue;
  protected readonly get: AnyValue;
}

/** A value is reached by its key. */
export declare class ItIsCalledEntryHere {
  protected readonly get: AnyValue;
  protected readonly getItem: AnyValue;
}

declare class ItIsCalledStringHere {
  protected readonly text: AnyValue;
  protected readonly varchar: AnyValue;
}

declare class ItIsCalledBooleanHere {
  protected readonly bool: AnyValue;
}

declare class ItIsCalledBigintHere {
  protected readonly long: AnyValue;
}

declare class ItIsCalledIntHere {
  protected readonly integer: AnyValue;
}

declare class ItIsCalledTimestampHere {
  protected readonly datetime: AnyValue;
}

declare class ItIsCalledVariantHere {
  protected readonly json: AnyValue;
}

declare class ItIsCalledStructHere {
  protected readonly object: AnyValue;
}

declare class ItIsIntBigintDecimalOrDoubleHere {
  protected readonly number: AnyValue;
}

/** Types: `t`. */
export interface KnownTypes
  extends ItIsCalledStringHere,
    ItIsCalledBooleanHere,
    ItIsCalledBigintHere,
    ItIsCalledIntHere,
    ItIsCalledTimestampHere,
    ItIsCalledVariantHere,
    ItIsCalledStructHere,
    ItIsIntBigintDecimalOrDoubleHere {}

declare class AggregateComesAfterGroupBy {
  protected readonly where: AnyStep;
  protected readonly select: AnyStep;
  protected readonly derive: AnyStep;
  protected readonly orderBy: AnyStep;
  protected readonly sum: AnyStep;
  protected readonly avg: AnyStep;
  protected readonly mean: AnyStep;
  protected readonly min: AnyStep;
  protected readonly max: AnyStep;
  protected readonly size: AnyStep;
  protected readonly first: AnyStep;
  protected readonly last: AnyStep;
  protected readonly apply: AnyStep;
}

/** Groups have no other step than `aggregate()`. */
export interface KnownGroups
  extends AggregateComesAfterGroupBy,
    ItIsCalledAggregateHere,
    CountRowsIsAMeasureOfAggregate,
    WhereComesAfterTheMeasures,
    EachColumnIsAMeasureWithAFilter {}

/** Steps of a query. */
export interface KnownSteps
  extends ItIsCalledWhereHere,
    ItIsCalledWhereNotNullHere,
    ItIsCalledSelectHere,
    ItIsCalledDeriveHere,
    ItIsCalledAggregateHere,
    ItIsCalledDedupeHere,
    ItIsCalledOrderByHere,
    ItIsCalledUnionHere,
    ItIsCalledJoinHere,
    ItIsCalledLeftJoinHere,
    ItIsCalledFullJoinHere,
    ItIsCalledAsOfJoinHere,
    StartFromTheOtherTableWithLeftJoin,
    AJoinComparesColumnsOfItsSides,
    WhereComesAfterTheMeasures,
    EachColumnIsAMeasureWithAFilter,
    SemiJoinKeepsTheRowsOfBoth,
    AntiJoinLeavesOutTheRowsOfTheOther,
    LimitComesAfterOrderBy,
    CountRowsIsAMeasureOfAggregate,
    ColumnsArePropertiesInCallbacks,
    RowsAreReadWhenItHasRun {}
