"""Runs a pipeline of AUTO CDC flows over batches of events, in one session, and prints its tables after each.

Arguments: the Connect port, the folder of the project (with `spark-pipeline.yml` and `batches/`), the names of the
tables. The folder `batches/` holds a folder of files for each update; they are copied to `data/` one after the other.
Each update prints a line: {"table": [row, …], …}, a row being an object.
"""

import json
import os
import shutil
import sys
from pathlib import Path

from pyspark.pipelines.cli import (
    SparkConnectGraphElementRegistry,
    create_dataflow_graph,
    handle_pipeline_events,
    load_pipeline_spec,
    register_definitions,
    start_run,
)
from pyspark.sql import SparkSession

port, project, *tables = sys.argv[1:]
said = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
os.chdir(project)
spark = SparkSession.builder.remote(f"sc://127.0.0.1:{port}").create()
path = Path("spark-pipeline.yml").absolute()
spec = load_pipeline_spec(path)
spark.sql(f"CREATE NAMESPACE IF NOT EXISTS {spec.catalog}.{spec.database}")


def update():
    graph = create_dataflow_graph(
        spark, default_catalog=spec.catalog, default_database=spec.database, sql_conf=spec.configuration
    )
    registry = SparkConnectGraphElementRegistry(spark, graph)
    register_definitions(path, registry, spec, spark, graph)
    events = start_run(
        spark, graph, full_refresh=[], full_refresh_all=False, refresh=[], dry=False, storage=spec.storage
    )
    handle_pipeline_events(events)


for batch in sorted(Path("batches").iterdir()):
    for file in batch.iterdir():
        shutil.copy(file, Path("data") / f"{batch.name}-{file.name}")
    update()
    found = {}
    for table in tables:
        rows = spark.sql(f"SELECT * FROM {spec.catalog}.{spec.database}.{table}").collect()
        found[table] = [row.asDict(recursive=True) for row in rows]
    said.write(json.dumps(found, default=str) + "\n")
    said.flush()
spark.stop()
