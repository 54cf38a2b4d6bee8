"""Rules of composite alarms: ``ALARM("a") AND NOT (OK(b) OR INSUFFICIENT_DATA(c))``.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

State = Callable[[str], str]
Holds = Callable[[State], bool]

_TOKENS = re.compile(
    r'\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*("[^"]*"|[^\s()"]+)\s*\)|(AND|OR|NOT|TRUE|FALSE|\(|\)))'
)


class RuleError(ValueError):
    """A rule that cannot be parsed."""


@dataclass(frozen=True)
class CompositeRule:
    """A parsed rule.

    Attributes:
        alarms: names or ARNs it refers to.
        holds: says, given what returns an alarm's state, whether the composite is in ALARM.
    """

    alarms: tuple[str, ...]
    holds: Holds

    @property
    def names(self) -> list[str]:
        """Names of the alarms it refers to."""
        return [name_of(alarm) for alarm in self.alarms]


def name_of(alarm: str) -> str:
    """Return the name of an alarm that is given by its name or its ARN."""
    return alarm.rsplit(":", 1)[-1]


@lru_cache(1024)  # rules are evaluated again and again
def parse(text: str) -> CompositeRule:
    """Parse a rule.

    Raises:
        RuleError: it is no rule.
    """
    tokens, position = [], 0
    while position < len(text.rstrip()):
        found = _TOKENS.match(text, position)
        if not found:
            raise RuleError(f"unexpected at character {position + 1}: {text[position:].strip()[:40]}")
        tokens.append((found[1] or found[3], (found[2] or "").strip('"')))
        position = found.end()
    parser = _Parser(iter(tokens))
    holds = parser.either()
    if parser.ahead:
        raise RuleError(f"unexpected: {parser.ahead[0]}")
    return CompositeRule(tuple(name for _, name in tokens if name), holds)


class _Parser:
    """Recursive descent; OR binds weakest."""

    def __init__(self, tokens: Iterator[tuple[str, str]]) -> None:
        self._tokens = tokens
        self.ahead = next(tokens, None)

    def _take(self) -> tuple[str, str]:
        if self.ahead is None:
            raise RuleError("the rule ends too early")
        taken, self.ahead = self.ahead, next(self._tokens, None)
        return taken

    def _next_is(self, word: str) -> bool:
        return self.ahead is not None and self.ahead[0] == word

    def either(self) -> Holds:
        parts = [self.both()]
        while self._next_is("OR"):
            self._take()
            parts.append(self.both())
        return lambda state: any(part(state) for part in parts)

    def both(self) -> Holds:
        parts = [self.one()]
        while self._next_is("AND"):
            self._take()
            parts.append(self.one())
        return lambda state: all(part(state) for part in parts)

    def one(self) -> Holds:
        word, name = self._take()
        if word in {"ALARM", "OK", "INSUFFICIENT_DATA"}:
            return lambda state: state(name) == word
        if word in {"TRUE", "FALSE"}:
            return lambda _state: word == "TRUE"
        if word == "NOT":
            negated = self.one()
            return lambda state: not negated(state)
        if word == "(":
            inner = self.either()
            if self._take()[0] != ")":
                raise RuleError("a parenthesis is not closed")
            return inner
        raise RuleError(f"unexpected: {word}")
