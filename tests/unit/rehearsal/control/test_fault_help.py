"""The command line says of each fault what it does."""

import pytest

from rehearsal import cli
from rehearsal.faults import KINDS


def test_every_kind_has_a_help_of_its_own(capsys):
    assert list(cli.EFFECTS) == [*KINDS, *cli.OF_ONE, "list", "clear"]
    with pytest.raises(SystemExit, match="0"):
        cli.parser().parse_args(["fault", "--help"])
    told = capsys.readouterr().out
    rows = {row.split()[0]: row.split(maxsplit=1)[1] for row in told.partition("kinds:\n")[2].splitlines() if row}
    assert rows == cli.EFFECTS
    assert len(set(rows.values())) == len(rows)


def test_what_is_no_kind_is_refused_with_those_there_are(capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.parser().parse_args(["fault", "throtle"])
    assert "kill-after-write" in capsys.readouterr().err
