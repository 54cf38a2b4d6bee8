"""X-Ray: segments are kept and put together to traces; of moto there is only the sending of records.

https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from typing import Any

from rehearsal.control.overlay import Call, Refused, operation
from rehearsal.control.trace_filters import holds

LONGEST, MOST, KEPT = 64 * 1024, 50, 5_000
MONTH, FUTURE = 30 * 86_400, 600
_TRACE = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")
_SEGMENT = re.compile(r"[0-9a-f]{16}")


def _traces(call: Call) -> dict[str, dict[str, dict[str, Any]]]:
    """Return segments by id by trace."""
    return call.world.kept(f"xray.traces.{call.region}")


@operation("xray", "PutTraceSegments")
def put_segments(call: Call) -> dict[str, Any]:
    """Keep what is well formed, and name what is not."""
    refused = []
    if len(call.params["TraceSegmentDocuments"]) > MOST:
        raise Refused("InvalidRequestException", f"at most {MOST} segment documents can be sent at once")
    for text in call.params["TraceSegmentDocuments"]:
        try:
            document = _checked(text)
        except ValueError as error:
            refused.append({"Id": _id(text), "ErrorCode": "InvalidSegment", "Message": str(error)})
            continue
        traces = _traces(call)
        traces.setdefault(document["trace_id"], {})[document["id"]] = document
        while len(traces) > KEPT:
            del traces[next(iter(traces))]
    return {"UnprocessedTraceSegments": refused}


def _id(text: str) -> str:
    found = re.search(r'"id":\s*"([0-9a-f]{16})"', text)
    return found[1] if found else ""


def _checked(text: str) -> dict[str, Any]:
    """Return a document that X-Ray takes; a ValueError says what is wrong with any other."""
    if len(text.encode()) > LONGEST:
        raise ValueError("segment document is larger than 64 kB")
    document: dict[str, Any] = json.loads(text)
    for name, pattern in (("trace_id", _TRACE), ("id", _SEGMENT)):
        if not pattern.fullmatch(str(document.get(name, ""))):
            raise ValueError(f"{name} is missing or malformed")
    if not document.get("name") or not isinstance(document.get("start_time"), int | float):
        raise ValueError("name and start_time are required")
    if "end_time" not in document and not document.get("in_progress"):
        raise ValueError("end_time or in_progress is required")
    if document.get("type") == "subsegment" and "parent_id" not in document:
        raise ValueError("a subsegment that is sent alone needs parent_id")
    begun = int(document["trace_id"][2:10], 16)
    if not time.time() - MONTH < begun < time.time() + FUTURE:
        raise ValueError("trace_id has a time that is more than 30 days ago, or to come")
    return document


@operation("xray", "BatchGetTraces")
def get_traces(call: Call) -> dict[str, Any]:
    """Return whole traces by their ids."""
    there = _traces(call)
    found = [_trace(name, there[name]) for name in call.params["TraceIds"] if name in there]
    return {"Traces": found, "UnprocessedTraceIds": [name for name in call.params["TraceIds"] if name not in there]}


def _trace(name: str, segments: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    documents = [{"Id": one["id"], "Document": json.dumps(one)} for one in segments.values()]
    return {"Id": name, "Duration": _duration(segments), "LimitExceeded": False, "Segments": documents}


def _duration(segments: Mapping[str, Mapping[str, Any]]) -> float:
    starts = [one["start_time"] for one in segments.values()]
    return max(one.get("end_time", one["start_time"]) for one in segments.values()) - min(starts)  # type: ignore[no-any-return]


@operation("xray", "GetTraceSummaries")
def summarise(call: Call) -> dict[str, Any]:
    """Return the traces that began in a stretch of time and that the filter lets through."""
    start, end = call.params["StartTime"].timestamp(), call.params["EndTime"].timestamp()
    wanted = call.params.get("FilterExpression", "")
    found = [
        _summary(name, segments)
        for name, segments in list(_traces(call).items())
        if start <= min(one["start_time"] for one in segments.values()) <= end and holds(wanted, segments)
    ]
    return {"TraceSummaries": found, "TracesProcessedCount": len(found), "ApproximateTime": end}


def _summary(name: str, segments: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    first = next((one for one in segments.values() if "http" in one), {})
    http = first.get("http", {})
    return {
        "Id": name,
        "Duration": _duration(segments),
        "HasFault": any(one.get("fault") for one in segments.values()),
        "HasError": any(one.get("error") for one in segments.values()),
        "Http": {
            "HttpMethod": http.get("request", {}).get("method", ""),
            "HttpURL": http.get("request", {}).get("url", ""),
            "HttpStatus": http.get("response", {}).get("status", 0),
        },
    }
