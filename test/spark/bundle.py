"""Reads bundles with the models of the Databricks CLI, which refuse what they do not know, and tells what they hold.

Takes a list of bundles, each the text of its files by path; gives for each its pipelines by target, as JSON.
"""

import json
import sys

import yaml
from databricks.bundles.pipelines import Pipeline


def pipelines(files):
    root = yaml.safe_load(files["databricks.yml"])
    resources = [yaml.safe_load(text)["resources"]["pipelines"] for path, text in files.items() if path.startswith("resources/")]
    shared = {name: pipeline for resource in resources for name, pipeline in resource.items()}
    return {target: merged(shared, overrides) for target, overrides in root["targets"].items()}


def merged(shared, target):
    """A target's settings go over the shared ones, those of a map one by one, as `databricks bundle` does it."""
    own = (target.get("resources") or {}).get("pipelines", {})
    return {name: model({**pipeline, **own.get(name, {})}, pipeline) for name, pipeline in shared.items()}


def model(pipeline, shared):
    configuration = {**shared.get("configuration", {}), **pipeline.get("configuration", {})}
    return Pipeline.from_dict({**pipeline, "configuration": configuration}).as_dict()


print(json.dumps([pipelines(bundle) for bundle in json.load(sys.stdin)]))
