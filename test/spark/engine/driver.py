"""Keeps one Spark session with its Connect server, and answers requests in JSON lines on a local socket.

Prints one line when it is ready and ends when its standard input does. Each connection has a session of its own, so
that the temporary views of two test files do not meet. Values come back exact: see canonical.ts for their form.
"""

import json
import os
import socketserver
import sys
import threading
from decimal import Context, Decimal

from py4j.java_gateway import is_instance_of
from pyspark import SparkContext
from pyspark.errors.exceptions import captured
from pyspark.sql import SparkSession
from pyspark.sql import types as t


class Days(int):
    """A date as days since 1970-01-01: Python's own dates end with the year 9999."""


class Micros(int):
    """A timestamp as microseconds since 1970-01-01."""


t.DateType.fromInternal = lambda _, v: None if v is None else Days(v)
t.TimestampType.fromInternal = lambda _, v: None if v is None else Micros(v)
t.TimestampNTZType.fromInternal = lambda _, v: None if v is None else Micros(v)

class SparkFailure(Exception):
    """An error of the JVM. PySpark's own conversion fetches the stack trace, ten times the cost of a small query."""

    def __init__(self, java):
        known = is_instance_of(SparkContext._gateway, java, "org.apache.spark.SparkThrowable")
        super().__init__(java.getMessage() or java.toString())
        self.condition = known and java.getCondition()


captured.convert_exception = SparkFailure

# Spark's decimals may come with more zeros than their scale.
EXACT = Context(prec=80)

NAMES = {
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "int": "INT",
    "bigint": "BIGINT",
    "timestamp_ntz": "TIMESTAMP_NTZ",
    "void": "VOID",
}


def type_name(dt):
    """A type as the project writes it: DECIMAL(12,2), ARRAY<STRING>, STRUCT<a: INT>."""
    if isinstance(dt, t.ArrayType):
        return f"ARRAY<{type_name(dt.elementType)}>"
    if isinstance(dt, t.MapType):
        return f"MAP<{type_name(dt.keyType)}, {type_name(dt.valueType)}>"
    if isinstance(dt, t.StructType):
        return f"STRUCT<{', '.join(f'{f.name}: {type_name(f.dataType)}' for f in dt.fields)}>"
    name = dt.simpleString()
    return NAMES.get(name, name.upper())


def encode(value, dt):
    if value is None:
        return None
    if isinstance(dt, t.ArrayType):
        return [encode(v, dt.elementType) for v in value]
    if isinstance(dt, t.MapType):
        return {"map": [[encode(k, dt.keyType), encode(v, dt.valueType)] for k, v in value.items()]}
    if isinstance(dt, t.StructType):
        return {"struct": [[f.name, encode(value[i], f.dataType)] for i, f in enumerate(dt.fields)]}
    if isinstance(dt, t.BooleanType):
        return value
    if isinstance(dt, t.BinaryType):
        return value.hex()
    if isinstance(dt, t.DateType):
        return {"days": int(value)}
    if isinstance(dt, (t.TimestampType, t.TimestampNTZType)):
        return {"micros": str(int(value))}
    if isinstance(dt, t.VariantType):
        return {"json": value.toJson()}
    if isinstance(dt, t.DecimalType):
        return format(value.quantize(Decimal(1).scaleb(-dt.scale), context=EXACT), "f")
    if isinstance(dt, (t.FloatType, t.DoubleType)):
        return {"double": repr(float(value))}
    return str(value)


def sql(spark, text):
    try:
        frame = spark.sql(text)
        fields = frame.schema.fields
        columns = [{"name": f.name, "type": type_name(f.dataType)} for f in fields]
        rows = [[encode(row[i], f.dataType) for i, f in enumerate(fields)] for row in frame.collect()]
        return {"columns": columns, "rows": rows}
    except Exception as error:
        return failure(error)


def view(spark, name, text):
    """A view that keeps its rows: one made by CREATE VIEW would be read from its text at every use."""
    try:
        spark.sql(text).createOrReplaceTempView(name)
        return {}
    except Exception as error:
        return failure(error)


def parse(spark, text):
    try:
        spark._jsparkSession.sessionState().sqlParser().parsePlan(text)
        return {}
    except Exception as error:
        return failure(error)


def failure(error):
    condition = error.condition if isinstance(error, SparkFailure) else None
    return {"error": {"condition": condition or type(error).__name__, "message": str(error)}}


ANSWERS = {
    "sql": lambda spark, request: [sql(spark, text) for text in request["texts"]],
    "parse": lambda spark, request: [parse(spark, text) for text in request["texts"]],
    "view": lambda spark, request: [view(spark, request["name"], request["text"])],
}


class Connection(socketserver.StreamRequestHandler):
    def handle(self):
        spark = root.newSession()
        for line in self.rfile:
            request = json.loads(line)
            answers = ANSWERS[request["op"]](spark, request)
            self.wfile.write((json.dumps({"id": request["id"], "answers": answers}) + "\n").encode())
            self.wfile.flush()


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64


# Spark writes to stdout now and then; what is said there is only ours.
said = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
root = SparkSession.builder.master("local[2]").appName("medallion tests").getOrCreate()
root.sparkContext.setLogLevel("ERROR")
server = Server(("127.0.0.1", 0), Connection)
threading.Thread(target=server.serve_forever, daemon=True).start()
connect = root.conf.get("spark.connect.grpc.binding.port")
said.write(json.dumps({"driver": server.server_address[1], "connect": int(connect), "version": root.version}) + "\n")
said.flush()
try:
    sys.stdin.read()
except KeyboardInterrupt:
    pass
server.shutdown()
root.stop()
