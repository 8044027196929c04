"""Reads the course progressions of an integration with another tool, as in a first sync:

    python peers.py airbyte|dlt BASE_URL KEY INTEGRATION

`airbyte` is a low-code source of airbyte-cdk that reads what changed since its last sync, and compares nothing. `dlt` stores
each version of a record (`scd2`) in DuckDB. Prints the time and memory that the sync used, as one JSON object. The times do not
include loading the code.
"""

import json
import os
import resource
import sys
import tempfile
import time

TEXT = {"type": ["null", "string"]}
SCHEMA = {
    "type": "object",
    "additionalProperties": True,
    "properties": {name: TEXT for name in ("id", "remote_id", "status", "enrolled_at", "completed_at", "changed_at")},
}


def airbyte(base_url, key, integration, directory):
    from airbyte_cdk.entrypoint import AirbyteEntrypoint
    from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer
    from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource

    def parameter(name):
        return {"type": "RequestOption", "inject_into": "request_parameter", "field_name": name}

    retriever = {
        "type": "SimpleRetriever",
        "requester": {
            "type": "HttpRequester",
            "url_base": base_url,
            "path": "/lms/course-progressions",
            "request_headers": {"Authorization": f"Bearer {key}", "X-Integration-Id": integration},
            "request_parameters": {"include_deleted": "true"},
        },
        "record_selector": {
            "type": "RecordSelector",
            "extractor": {"type": "DpathExtractor", "field_path": ["data", "results"]},
        },
        "paginator": {
            "type": "DefaultPaginator",
            "page_token_option": parameter("cursor"),
            "page_size_option": parameter("page_size"),
            "pagination_strategy": {
                "type": "CursorPagination",
                "page_size": 250,
                "cursor_value": "{{ response['data']['next'] }}",
                "stop_condition": "{{ not response['data']['next'] }}",
            },
        },
    }
    stream = {
        "type": "DeclarativeStream",
        "name": "course_progressions",
        "primary_key": "id",
        "schema_loader": {"type": "InlineSchemaLoader", "schema": SCHEMA},
        "retriever": retriever,
        "incremental_sync": {
            "type": "DatetimeBasedCursor",
            "cursor_field": "changed_at",
            "datetime_format": "%Y-%m-%dT%H:%M:%S.%fZ",
            "cursor_datetime_formats": ["%Y-%m-%dT%H:%M:%S.%fZ"],
            "start_datetime": "1970-01-01T00:00:00.000000Z",
            "start_time_option": parameter("updated_after"),
        },
    }
    manifest = {
        "version": "6.0.0",
        "type": "DeclarativeSource",
        "check": {"type": "CheckStream", "stream_names": ["course_progressions"]},
        "spec": {"type": "Spec", "connection_specification": {"type": "object", "properties": {}}},
        "streams": [stream],
    }
    described = {"name": "course_progressions", "json_schema": SCHEMA, "supported_sync_modes": ["full_refresh", "incremental"]}
    catalog = {
        "streams": [{"stream": described, "sync_mode": "incremental", "destination_sync_mode": "append_dedup"}]
    }
    arguments = ["read"]
    for name, content in {"config": {}, "catalog": catalog}.items():
        path = os.path.join(directory, name)
        with open(path, "w") as file:
            json.dump(content, file)
        arguments += [f"--{name}", path]
    source = ConcurrentDeclarativeSource(
        catalog=ConfiguredAirbyteCatalogSerializer.load(catalog), config={}, state=[], source_config=manifest
    )
    entrypoint = AirbyteEntrypoint(source)
    parsed = entrypoint.parse_args(arguments)
    return lambda: sum('"type":"RECORD"' in message for message in entrypoint.run(parsed))


def dlt(base_url, key, integration, directory):
    import dlt
    import requests

    pipeline = dlt.pipeline(
        "course_progressions",
        pipelines_dir=directory,
        destination=dlt.destinations.duckdb(os.path.join(directory, "records.duckdb")),
        dataset_name="peer",
    )

    @dlt.resource(
        name="course_progressions",
        primary_key="id",
        write_disposition={"disposition": "merge", "strategy": "scd2"},
        max_table_nesting=0,
    )
    def pages():
        session = requests.Session()
        session.headers.update({"Authorization": f"Bearer {key}", "X-Integration-Id": integration})
        query = {"page_size": 250, "include_deleted": "true"}
        while True:
            data = session.get(f"{base_url}/lms/course-progressions", params=query).json()["data"]
            yield data["results"]
            if data["next"] is None:
                return
            query["cursor"] = data["next"]

    def run():
        pipeline.run(pages())
        return pipeline.last_trace.last_normalize_info.row_counts["course_progressions"]

    return run


def seconds_used():
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


name, *where = sys.argv[1:]
with tempfile.TemporaryDirectory() as directory:
    run = {"airbyte": airbyte, "dlt": dlt}[name](*where, directory)
    began, before = time.monotonic(), seconds_used()
    records = run()
    wall, used = time.monotonic() - began, seconds_used() - before
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"wallMs": wall * 1000, "cpuMs": used * 1000, "peakMb": peak, "pages": 0, "records": records}))
