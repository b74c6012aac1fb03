/** Python that looks at the types of Parquet files: what a view of them calls before it reads. */

/** Whether a type is of a family, a type in which FLOAT is DOUBLE, and a name as SQL. */
export const FAMILIES = `    def fits(found, family):
        name = found.typeName()
        if family is None or isinstance(family, str):
            return family is None or (numbers | times).get(name, name) == family
        if name != family[0]:
            return False
        if name == "array":
            return fits(found.elementType, family[1])
        if name == "map":
            return fits(found.keyType, family[1]) and fits(found.valueType, family[2])
        return all(fits(part.dataType, family[1][part.name]) for part in found if part.name in family[1])

    def doubled(found, family):
        from pyspark.sql.types import ArrayType, DoubleType, MapType, StructField, StructType

        name = found.typeName()
        if name == "float" and family == "number":
            return DoubleType()
        if not isinstance(family, tuple) or name != family[0]:
            return found
        if name == "array":
            return ArrayType(doubled(found.elementType, family[1]), found.containsNull)
        if name == "map":
            parts = doubled(found.keyType, family[1]), doubled(found.valueType, family[2])
            return MapType(*parts, found.valueContainsNull)
        parts = [(part, doubled(part.dataType, family[1].get(part.name))) for part in found]
        return StructType([StructField(part.name, type, part.nullable) for part, type in parts])

    def quoted(name):
        return "\`" + name.replace("\`", "\`\`") + "\`"

`;

/** What the message begins with where the files of a source have types that Spark cannot read as one. */
export const MIXED_TYPES = "the Parquet files have types that Spark does not read together";

/** The narrowest type that holds values of all types, or None where Spark reads them as none. */
const WIDEST = `    def widest(types):
        from pyspark.sql.types import DecimalType, DoubleType, LongType

        whole = {"byte": 20, "short": 20, "integer": 20, "long": 20}
        kinds = {type.typeName() for type in types}
        if len({type.simpleString() for type in types}) == 1:
            return types[0]
        if kinds <= set(whole):
            return LongType()
        if kinds <= {"byte", "short", "integer", "float", "double"}:
            return DoubleType()
        if kinds <= {"decimal", *whole}:
            scale = max(type.scale for type in types if type.typeName() == "decimal")
            digits = max(whole.get(type.typeName()) or type.precision - type.scale for type in types)
            return DecimalType(digits + scale, scale) if digits + scale <= 38 else None
        return None
`;

/** The schema of all files, each read by itself. */
const widened = (options: string) => `    def widened(session):
        import re
        from pyspark.sql.types import StructField, StructType

        files = session.read.format("binaryFile")${options}.load(path).select("path").collect()
        columns = {}
        for file in sorted(row.path for row in files):
            for column in session.read.parquet(re.sub(r"[\\[\\]{}*?\\\\]", r"\\\\\\g<0>", file)).schema:
                columns.setdefault(column.name.lower(), []).append((column, file))
        fields = []
        for all in columns.values():
            column, file = all[0]
            type = widest([other.dataType for other, _ in all])
            if type is None:
                other, at = next(((c, at) for c, at in all if widest([column.dataType, c.dataType]) is None), all[-1])
                raise TypeError(f"${MIXED_TYPES}: {column.name} is {column.dataType.simpleString()} in {file} and {other.dataType.simpleString()} in {at}")
            fields.append(StructField(column.name, type))
        return StructType(fields)
`;

/**
 * Python of the schema of all files, or why there is none: all of their columns, so that those that are not declared are
 * rescued. Spark merges equal types alone, so others are widened here, as far as its reader does. An error that leaves the
 * function would keep its session alive, which has spark-pipelines wait for minutes at its end.
 */
export const mergedSchema = (options: string) => `${WIDEST}
${widened(options)}
    def schema_of(path):
        from pyspark.errors import PySparkException

        session = spark.newSession()
        try:
            try:
                return session.read.option("mergeSchema", True)${options}.parquet(path).schema, None
            except PySparkException as error:
                if error.getCondition() in ("PATH_NOT_FOUND", "UNABLE_TO_INFER_SCHEMA"):
                    return None, None
                if error.getCondition() != "CANNOT_MERGE_SCHEMAS":
                    raise
                return widened(session), None
        except Exception as error:
            return None, str(error)
`;

/**
 * From the `schema` of the files: which declared columns they have as another family of types, and where all have their
 * declared types, SQL of the row as it is and of what is not declared.
 */
export const TYPED = `        from pyspark.sql.types import StructField, StructType

        # A FLOAT under another number is that number with all its digits, of which JSON would show a few.
        numbered = {name.lower(): family for name, _, family, type in declared if type != "float"}
        schema = StructType([StructField(c.name, doubled(c.dataType, numbered.get(c.name.lower()))) for c in schema])
        found = {column.name.lower(): column.dataType for column in schema}
        misfits = [sql for name, sql, family, _ in declared if name.lower() in found and not fits(found[name.lower()], family)]
        types = {name: type.simpleString() for name, type in found.items()}
        known = {name.lower() for name, *_ in declared}
        others = [column.name for column in schema if column.name.lower() not in known]
        # Columns that have their declared types are read as they are: then nothing goes through JSON.
        if (
            len(types) == len(schema)
            and all(type is not None and types.get(name.lower(), type) == type for name, _, _, type in declared)
            and all(types[name.lower()] in plain for name in others)
        ):
            columns = [f"{sql}, CAST({quoted(name) if name.lower() in types else 'NULL'} AS {type})" for name, sql, _, type in declared]
            typed = f"named_struct({', '.join(columns)})"
            if others:
                rescued = f"nullif(to_json(struct({', '.join(map(quoted, others))}), map('ignoreNullFields', 'true')), '{{}}')"
`;
