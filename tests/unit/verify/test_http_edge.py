from __future__ import annotations

import pytest

from ansible_collections.slipway.aws.plugins.plugin_utils.http_edge import Expected, answers, edge_checks
from tests.unit.verify.notes_service import DAYS, Notes

Service = tuple[str, type[Notes]]


def problems(url: str, **wanted: object) -> dict[str, str]:
    given = {"tls": "TLSv1.2", "days_left": 30, "headers": {}, **wanted}
    checks = edge_checks("web", url, Expected(**given), timeout=5)  # type: ignore[arg-type]  # the values vary by test
    return {check.name: check.problem for check in checks if check.problem}


def redirect(found: dict[str, str]) -> dict[str, str]:
    """Leave out the redirect: it asks port 80, where nothing of ours listens."""
    return {name: problem for name, problem in found.items() if name != "HTTP redirects to HTTPS"}


def test_a_good_origin_has_no_problem(service: Service) -> None:
    wanted = {"strict-transport-security": "max-age=60", "x-frame-options": ""}
    assert redirect(problems(service[0], tls="TLSv1.3", headers=wanted)) == {}


def test_tells_a_certificate_that_ends_soon(service: Service) -> None:
    found = redirect(problems(service[0], days_left=DAYS + 1))
    assert found == {f"its certificate lasts {DAYS + 1} days or longer": f"found {DAYS} days left"}


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"strict-transport-security": "max-age=1"}, "found max-age=60"),
        ({"x-frame-options": "DENY"}, "found no such header"),
        ({"strict-transport-security": ""}, "found max-age=60"),
    ],
)
def test_tells_a_header_that_is_not_as_declared(service: Service, wanted: dict[str, str], told: str) -> None:
    assert list(redirect(problems(service[0], headers=wanted)).values()) == [told]


def test_tells_a_certificate_that_we_do_not_trust(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    found = problems(service[0])["speaks TLSv1.2 or newer with a certificate we trust"]
    assert "CERTIFICATE_VERIFY_FAILED" in found


@pytest.mark.parametrize(("path", "told"), [("/readyz", ""), ("/nowhere", "found 404 ")])
def test_readiness(service: Service, path: str, told: str) -> None:
    assert answers("web", service[0], path, 200, 5).problem.startswith(told)
    assert bool(answers("web", service[0], path, 200, 5).problem) == bool(told)
