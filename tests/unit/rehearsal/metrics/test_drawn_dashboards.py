"""Dashboards drawn: lines by metric, expression and search, where the definition puts them."""

import json
import xml.etree.ElementTree as ET
from functools import partial

import boto3
import pytest

from rehearsal import places
from rehearsal.pictures.data import Line, Reader, Span
from rehearsal.pictures.page import draw
from rehearsal.pictures.plot import plot, round_up, short

SPAN = Span(0, 3600)


@pytest.fixture
def reader(watched):
    now = watched.world.clock.now()
    return Reader(watched.cw, Span(now - 1800, now + 600))


def widget(*metrics):
    return {"metrics": list(metrics), "stat": "Sum", "period": 60}


def put(watched, name, value, **dimensions):
    pairs = [{"Name": key, "Value": one} for key, one in dimensions.items()]
    data = {"MetricName": name, "Value": value, "Dimensions": pairs}
    watched.cw.put_metric_data(Namespace="Pictures", MetricData=[data])


def test_metrics_and_expressions(watched, reader):
    put(watched, "Seen", 8, service="a")
    lines = reader.lines(
        widget(
            ["Pictures", "Seen", "service", "a", {"id": "m", "visible": False}],
            [{"id": "half", "expression": "m / 2", "label": "half", "color": "#123456"}],
        )
    )
    assert [(line.label, line.colour, [value for _, value in line.points]) for line in lines] == [
        ("half", "#123456", [4])
    ]


def test_a_search_finds_what_it_says(watched, reader):
    for version in ("1", "2"):
        put(watched, "Requests", 3, service="b", version=version)
    put(watched, "Requests", 3, service="other", version="3")
    put(watched, "Errors", 3, service="b", version="1")
    search = """SEARCH('{Pictures,service,version} service="b" MetricName="Requests"', 'Sum', 60)"""
    assert [line.label for line in reader.lines(widget([{"id": "all", "expression": search}]))] == ["1", "2"]
    search = """SEARCH('{"Pictures",service,version} service="b" NOT MetricName="Requests"', 'Sum', 60)"""
    assert [line.label for line in reader.lines(widget([{"id": "all", "expression": search}]))] == ["1"]
    with pytest.raises(ValueError, match="a search is"):
        reader.lines(widget([{"id": "all", "expression": "SEARCH(everything)"}]))


def shapes(svg, tag):
    return list(ET.fromstring(f"<svg>{svg}</svg>").iter(tag))  # noqa: S314  our own


def test_a_line_has_gaps_where_nothing_was_measured():
    line = Line("a", "#000", points=[(0, 1), (60, 2), (1200, 3), (1260, 1), (3600, 2)])
    svg = plot((0, 0, 400, 200), SPAN, [line], {})
    assert len(shapes(svg, "polyline")) == 2
    assert len(shapes(svg, "circle")) == 1


def test_points_in_time_and_limits_are_named():
    mark = Line("rolled back", "#d62728", right=True, points=[(1800, 1.0)])
    limit = {"annotations": {"horizontal": [{"label": "objective", "value": 5}]}}
    svg = plot((0, 0, 400, 200), SPAN, [Line("a", "#000", points=[(0, 1), (60, 2)]), mark], limit)
    words = [one.text for one in shapes(svg, "text")]
    assert "rolled back" in words
    assert "objective" in words


def test_areas_lie_on_each_other():
    lines = [Line(name, "#000", points=[(0, 10), (60, 10)]) for name in "ab"]
    lower, upper = (
        one.get("points").split() for one in shapes(plot((0, 0, 400, 200), SPAN, lines, {"stacked": True}), "polygon")
    )
    assert lower[0] == upper[-1]
    assert upper[0] != lower[0]


@pytest.mark.parametrize(("value", "up"), [(0, 1), (0.03, 0.03), (0.9, 1), (11, 12), (17, 20), (999, 1000)])
def test_scales_are_easy_to_read(value, up):
    assert round_up(value) == pytest.approx(up)


def test_numbers_are_short():
    assert [short(value) for value in (0, 0.25, 1500, 2.5e6, 2e10)] == ["0", "0.25", "1.5k", "2.5M", "20G"]


def test_a_dashboard_is_drawn_whole(watched, tmp_path):
    alarm = watched.alarm()
    arn = watched.shown(alarm)["AlarmArn"]
    put(watched, "Drawn", 1)
    properties = {"title": "A & B", "region": "us-east-1", "view": "timeSeries", **widget(["Pictures", "Drawn"])}
    kinds = (
        ("text", {"markdown": "# Title\nmore"}),
        ("metric", properties),
        ("alarm", {"title": "Alarms", "alarms": [arn]}),
        ("log", {"title": "Errors", "query": "SOURCE 'x' | filter a", "region": "us-east-1"}),
    )
    widgets = [
        {"type": kind, "x": 0, "y": 6 * number, "width": 12, "height": 6, "properties": own}
        for number, (kind, own) in enumerate(kinds)
    ]
    watched.cw.put_dashboard(DashboardName="drawn", DashboardBody=json.dumps({"widgets": widgets}))
    now = watched.world.clock.now()
    picture = draw(watched.cw, "drawn", Span(now - 1800, now + 600), tmp_path / "a" / "drawn.svg")
    words = [one.text for one in ET.parse(picture).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314  our own
    assert {"Title", "A & B", "Errors", "filter a"} <= set(words)
    assert any(alarm in (word or "") for word in words)


def test_a_rehearsal_draws_its_dashboards_and_says_where_to_look(watched, tmp_path, monkeypatch):
    world = watched.world
    monkeypatch.setattr(places.cli, "order", lambda _name: {"now": world.clock.now()})
    monkeypatch.setattr(places, "ROOT", tmp_path)
    share = {"title": places.OF_A_RELEASE[0], "region": "us-east-1", "view": "timeSeries", **widget(["A", "B"])}
    kinds = (("text", {"markdown": "# dev"}), ("metric", share))
    widgets = [
        {"type": kind, "width": 24, "height": 2, "x": 0, "y": 2 * number, "properties": own}
        for number, (kind, own) in enumerate(kinds)
    ]
    session = boto3.session.Session("places", "places", region_name="us-east-1")
    client = partial(session.client, endpoint_url=world.endpoint)
    client("cloudwatch").put_dashboard(DashboardName="slipway-dev-web", DashboardBody=json.dumps({"widgets": widgets}))
    picture = tmp_path / "docs" / "demo.svg"
    drawn = places.draw_pictures(client, "dev", world.clock.now() - 600, picture)
    said = "\n".join(places.where_to_look(client, "dev", drawn))
    assert "reports/demo/slipway-dev-web.svg" in said
    assert "alarms that ring" in said
    texts = [[one.text for one in ET.parse(path).iter("{http://www.w3.org/2000/svg}text")] for path in drawn]  # noqa: S314
    assert ["dev" in one for one in texts] == [True, False, False]
    assert all(places.OF_A_RELEASE[0] in one for one in texts)
    assert picture.is_file()
