"""What Git wants and what runs, brought together."""

from __future__ import annotations

from ansible_collections.slipway.aws.plugins.filter.releases import not_running, recorded_releases
from ansible_collections.slipway.aws.plugins.plugin_utils.drift import SAME, markdown, summary, version_findings

RECORDS = {
    "web": {"id": "services/web", "image_tag": "1.1.0", "digest": "sha256:b", "number": 4},
    "api": {"id": "services/api", "image_tag": "", "digest": "sha256:a", "number": 1},
}
ROLLED_BACK = {"status": "rolled back", "reason": "too many errors", "to": {"image_tag": "1.2.0", "digest": "sha256:c"}}


def test_records_become_what_the_file_has() -> None:
    assert recorded_releases(RECORDS) == {
        "api": {"digest": "sha256:a"},
        "web": {"image_tag": "1.1.0", "digest": "sha256:b"},
    }


def test_the_digest_decides_where_there_is_one() -> None:
    wanted = {"web": {"image_tag": "1.1.0", "digest": "sha256:other"}, "api": {"digest": "sha256:a"}, "new": {}}
    assert not_running(wanted, RECORDS) == ["web"]
    assert not_running({"web": {"image_tag": "1.1.0"}}, RECORDS) == []
    assert not_running({"web": {"image_tag": "1.2.0"}}, RECORDS) == ["web"]


def test_drift_says_why_a_version_differs() -> None:
    wanted = {"web": {"image_tag": "1.2.0"}, "api": {"digest": "sha256:a"}, "new": {"image_tag": "1"}}
    states = {one["service"]: one["state"] for one in version_findings(wanted, RECORDS, {"web": ROLLED_BACK})}
    assert states["api"] == SAME
    assert states["web"].startswith("rolled back: too many errors. Change releases.yml, or")
    assert "never released" in states["new"]
    (one,) = version_findings({"web": {"image_tag": "1.3.0"}}, RECORDS, {"web": ROLLED_BACK})
    assert (one["wanted"], one["runs"]) == ("1.3.0", "1.1.0")
    assert "not released yet" in one["state"]


def test_the_report_is_a_page_that_tables_cannot_break() -> None:
    resource = {"host": "network", "type": "ec2_vpc", "name": "main", "action": "updated"}
    resource |= {"before": {"Name": "a|b"}, "after": {"Name": "c" * 200}}
    versions = [{"service": "web", "wanted": "2", "runs": "1", "state": "x"}]
    page = markdown("dev", [resource], versions)
    assert '| network | `ec2_vpc.main` | updated | Name: "a\\|b" -> "' in page
    assert "| web | 2 | 1 | x |" in page
    assert max(map(len, page.splitlines())) < 200
    assert (
        summary("dev", [resource], versions)
        == "dev: 1 resources differ from Git; web runs another version than Git wants"
    )
    assert summary("dev", [], [{**versions[0], "state": SAME}]) == "dev is what Git says"
