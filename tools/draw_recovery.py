"""Draw docs/recovery.svg: what to ask when something is lost, what to do then, and who decides it."""

from __future__ import annotations

from typing import NamedTuple

from tools.drawing import Box, Drawing

WIDTH, MARGIN, TOP = 1000.0, 16.0, 76.0
QUESTION, ANSWER, BETWEEN = 280.0, 600.0, 88.0
HIGH, GAP = 58.0, 12.0


class Answer(NamedTuple):
    """What to do.

    Attributes:
        title: in a few words; who: decides, a role of docs/disaster-recovery.md.
        command: of this repository, or where to read.
        rehearsed: whether a test or a drill has run it.
    """

    title: str
    who: str
    command: str
    rehearsed: bool = True


#: Questions in the order in which they are asked, and what to do when the answer is yes.
QUESTIONS: dict[str, tuple[Answer, ...]] = {
    "Did it begin with a release?": (
        Answer("Take it back", "on-call engineer", "playbooks/rollback.yml -e service=<name>"),
    ),
    "Is the region lost or cut off?": (
        Answer(
            "With a standby: it takes over",
            "incident lead",
            "playbooks/failover.yml -e confirm=<standby> -e unplanned=true",
        ),
        Answer(
            "Without: a new environment beside the copies",
            "incident lead",
            "site.yml, with database_restored_from in its inventory",
        ),
    ),
    "Is one zone lost?": (
        Answer("Wait: tasks start in the others", "on-call engineer", "playbooks/verify.yml says when all is well"),
    ),
    "Does AWS differ from Git?": (
        Answer("Put back what is declared", "on-call engineer", "playbooks/drift.yml, then site.yml"),
    ),
    "Is the database silent?": (
        Answer("Wait two minutes for its standby, then look", "on-call engineer", "docs/runbooks/database_silent.md"),
    ),
    "Is data wrong, or the database lost?": (
        Answer(
            "Restore a moment beside it",
            "database owner",
            "docs/disaster-recovery.md#a-moment-for-good",
            rehearsed=False,
        ),
    ),
}
OTHERWISE = Answer("Something else: the alarm names its page", "on-call engineer", "docs/runbooks/")


def answers() -> list[Answer]:
    """Return everything that may be done."""
    return [*(answer for found in QUESTIONS.values() for answer in found), OTHERWISE]


def drawn() -> Drawing:
    """Return the picture."""
    told = "; ".join(
        f"{question} {' or '.join(f'{one.title} ({one.who}): {one.command}' for one in found)}"
        for question, found in QUESTIONS.items()
    )
    height = TOP + len(answers()) * (HIGH + GAP) + MARGIN
    picture = Drawing(WIDTH, height, "What to do when something is lost", f"{told}.", "tools/draw_recovery.py")
    picture.label(MARGIN, 30, "Ask from above, stop at the first yes", "h")
    picture.label(MARGIN, 50, "Blue: a test or a drill has run it. Orange: by hand, which no drill has run whole.")
    y = TOP
    for question, found in QUESTIONS.items():
        y = _branch(picture, y, question, found)
    _answer(picture, y, OTHERWISE)
    picture.arrow((MARGIN + 40, y + HIGH / 2), (MARGIN + QUESTION + BETWEEN, y + HIGH / 2))
    return picture


def _branch(picture: Drawing, y: float, question: str, found: tuple[Answer, ...]) -> float:
    """Draw a question with its answers; return where the next one begins."""
    picture.box(Box(MARGIN, y, QUESTION, HIGH, question))
    right, middle = MARGIN + QUESTION, y + HIGH / 2
    for place, answer in enumerate(found):
        low = middle + place * (HIGH + GAP)
        _answer(picture, y + place * (HIGH + GAP), answer)
        start = [(right, middle)] if not place else [(right + BETWEEN / 2, middle), (right + BETWEEN / 2, low)]
        picture.arrow(*start, (right + BETWEEN, low))
    picture.label(right + 8, middle - 6, "yes")
    following = y + len(found) * (HIGH + GAP)
    last = following + HIGH / 2 if question == list(QUESTIONS)[-1] else following
    picture.arrow((MARGIN + 40, y + HIGH), (MARGIN + 40, last), head=last == following)
    picture.label(MARGIN + 48, y + HIGH + 11, "no")
    return following


def _answer(picture: Drawing, y: float, answer: Answer) -> None:
    kind = "ours" if answer.rehearsed else "local"
    left = MARGIN + QUESTION + BETWEEN
    picture.box(Box(left, y, ANSWER, HIGH, answer.title, (f"decided by the {answer.who}",), answer.command, kind=kind))
