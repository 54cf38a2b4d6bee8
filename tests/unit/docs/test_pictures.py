"""The pictures of docs/: whole, readable and as the generators write them."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tools.draw_architecture import drawn as architecture
from tools.draw_recovery import answers
from tools.draw_recovery import drawn as recovery
from tools.draw_scaling import drawn as scaling
from tools.draw_stages import ENVIRONMENT, load, run
from tools.draw_stages import drawn as stages
from tools.draw_verdict import drawn as verdict
from tools.drawing import DARK, LIGHT, Box, Drawing, DrawingError

ROOT = Path(__file__).parents[3]
PICTURES = {
    "architecture": architecture,
    "stages": stages,
    "verdict": verdict,
    "scaling": scaling,
    "recovery": recovery,
}


@pytest.mark.parametrize("name", PICTURES)
def test_the_committed_picture_is_what_the_generator_writes(name: str) -> None:
    committed = (ROOT / "docs" / f"{name}.svg").read_text(encoding="utf-8")
    assert committed == PICTURES[name]().svg(), "run: make docs"
    ET.fromstring(committed)  # noqa: S314  our own file


@pytest.mark.parametrize("name", PICTURES)
def test_boxes_stand_apart(name: str) -> None:
    boxes = [box for box in PICTURES[name]().boxes if box.kind != "band"]
    assert not [(one.title, other.title) for one, other in itertools.combinations(boxes, 2) if one.overlaps(other)]


def test_every_role_is_in_the_picture() -> None:
    roles = {path.parents[1].name for path in (ROOT / "roles").glob("*/tasks/main.yml")}
    drawn = {box.code for box in architecture().boxes}
    assert not roles - drawn


def test_every_directory_that_is_named_is_there() -> None:
    named = {box.code for box in architecture().boxes if box.kind == "local"}
    assert all((ROOT / name).is_dir() for name in named)


def test_every_host_has_a_stage() -> None:
    text = (ROOT / "inventories" / ENVIRONMENT / "hosts.yml").read_text(encoding="utf-8")
    hosts = set(re.findall(r"^ +(\w+):$", text, re.MULTILINE)) - set(re.findall(r"(\w+):\n +(?:hosts|children):", text))
    converged = [host for play in run() if play.each or play.name == "Converge the services" for host in play.hosts]
    assert sorted(converged) == sorted(hosts - {"hosts", "children"}), "a host that no play converges, or two do"


def test_the_picture_follows_the_playbooks() -> None:
    named = [entry["name"] for entry in load(ROOT / "playbooks" / "platform.yml")]
    assert set(named) <= {play.name for play in run()}


def test_what_the_decision_tree_names_is_there() -> None:
    """Its playbooks and pages exist, and those who decide have a row in the table of roles."""
    page = (ROOT / "docs" / "disaster-recovery.md").read_text(encoding="utf-8")
    for answer in answers():
        named = re.findall(r"[\w/.-]+\.(?:yml|md)|docs/\w+/$", answer.command)
        assert named, answer.command
        assert all((ROOT / name).exists() for name in named), named
        assert f"| {answer.who} |" in page
        anchor = answer.command.partition("#")[2].replace("-", " ")
        assert not anchor or f"## {anchor}\n" in page.lower()


def test_both_modes_have_every_colour() -> None:
    assert set(LIGHT) == set(DARK)


def test_what_does_not_fit_is_refused() -> None:
    picture = Drawing(200, 100, "title", "description", "source")
    with pytest.raises(DrawingError, match="wider"):
        picture.box(Box(0, 0, 60, 40, "a title that is too long"))
    with pytest.raises(DrawingError, match="more than fit"):
        picture.box(Box(0, 0, 100, 20, "one", ("two",)))
    with pytest.raises(DrawingError, match="outside"):
        picture.box(Box(150, 0, 100, 40, "one"))
