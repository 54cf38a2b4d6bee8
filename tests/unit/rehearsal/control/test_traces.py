"""X-Ray: what it takes, what it gives back, and how a filter chooses."""

import json
import time

import pytest

from rehearsal.control import trace_filters
from rehearsal.control.overlay import Refused


def segment(**more):
    now = time.time()
    trace = f"1-{int(now):08x}-bd862e3fe1be46a994272793"
    return {"name": "web", "id": "70de5b6f19ff9a0a", "trace_id": trace, "start_time": now, "end_time": now + 1, **more}


def put(cloud, document):
    text = document if isinstance(document, str) else json.dumps(document)
    return cloud.xray.put_trace_segments(TraceSegmentDocuments=[text])["UnprocessedTraceSegments"]


def test_segments_are_put_together(cloud):
    server = segment(http={"request": {"method": "GET", "url": "/a"}, "response": {"status": 500}}, fault=True)
    database = segment(id="70de5b6f19ff9a0b", parent_id=server["id"], type="subsegment", name="notes")
    assert put(cloud, server) == put(cloud, database) == []
    found = cloud.xray.batch_get_traces(TraceIds=[server["trace_id"], "1-00000000-000000000000000000000000"])
    assert [len(one["Segments"]) for one in found["Traces"]] == [2]
    assert found["UnprocessedTraceIds"] == ["1-00000000-000000000000000000000000"]
    times = {"StartTime": time.time() - 60, "EndTime": time.time() + 60}
    summary = cloud.xray.get_trace_summaries(**times, FilterExpression='service("web") AND fault')["TraceSummaries"][0]
    assert (summary["HasFault"], summary["Http"]["HttpStatus"]) == (True, 500)
    assert cloud.xray.get_trace_summaries(**times, FilterExpression="!fault")["TraceSummaries"] == []


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "Expecting"),
        (segment(trace_id="1-2-3"), "trace_id is missing or malformed"),
        (segment(trace_id="1-00000001-bd862e3fe1be46a994272793"), "more than 30 days ago"),
        (segment(id="7"), "id is missing or malformed"),
        (segment(name=""), "name and start_time"),
        (segment(type="subsegment"), "needs parent_id"),
        ({**segment(), "metadata": {"x": "y" * 70_000}}, "larger than 64 kB"),
        ({key: value for key, value in segment().items() if key != "end_time"}, "end_time or in_progress"),
    ],
)
def test_what_is_no_segment_is_not_processed(cloud, document, message):
    assert message in put(cloud, document)[0]["Message"]


@pytest.mark.parametrize(
    ("expression", "passes"),
    [
        ("", True),
        ("fault", True),
        ("!fault", False),
        ("error", False),
        ('service("web")', True),
        ('service("api")', False),
        ('annotation.route = "/notes" AND fault', True),
        ('annotation.route = "/other"', False),
        ("responsetime > 0.5", True),
        ("responsetime > 2", False),
    ],
)
def test_filters(expression, passes):
    segments = {"a": segment(fault=True, annotations={"route": "/notes"})}
    assert trace_filters.holds(expression, segments) == passes


@pytest.mark.parametrize("expression", ["service is slow", "fault OR error", 'annotation.route ~ "x"', "fault AND"])
def test_what_is_no_filter_is_refused(expression):
    with pytest.raises(Refused):
        trace_filters.check(expression)
