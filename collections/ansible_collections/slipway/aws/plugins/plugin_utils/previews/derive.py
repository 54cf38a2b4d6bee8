"""What a preview is called, and the service that it is: functions of a branch and of the service that is declared."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

#: Begins every preview's name, and nothing else's.
PREFIX = "preview-"
#: Longest name: it is a label of a domain, and a role of PostgreSQL.
LENGTH = 40
HASH_LENGTH = 6
_HASHED = re.compile(rf"-[0-9a-f]{{{HASH_LENGTH}}}$")
#: Days that a preview's logs are kept.
LOG_DAYS = 3
#: What makes it cheap, and keeps it apart from what is shared by name.
APART: dict[str, Any] = {
    "service_engine": "rolling",
    "service_follows_image": True,
    "service_desired_count": 1,
    "service_capacity": "FARGATE_SPOT",
    "service_log_retention_days": LOG_DAYS,
    "service_trace_share": 0,
    "service_scraped": False,
    "service_write_lease": {},
    "service_path_patterns": [],
    "service_dns_record": True,
    "service_migration": "expand",
    "service_contract_from": "",
}


def preview_name(service: str, branch: str) -> str:
    """Return the name of a branch's preview, of small letters, digits and hyphens.

    It is readable where that tells it from every other; else, and where it is too long, it ends with a hash of both.

    Args:
        service: name of the service.
        branch: any text.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", branch.lower()).strip("-")
    readable = f"{PREFIX}{service}-{slug}"
    plain = slug == branch and "-" not in service and not _HASHED.search(readable)
    if plain and len(readable) <= LENGTH:
        return readable
    both = f"{service}\0{branch}".encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(both).hexdigest()[:HASH_LENGTH]
    return f"{readable[: LENGTH - HASH_LENGTH - 1].rstrip('-')}-{digest}"


def preview_service(
    declared: Mapping[str, Any], service: str, name: str, domain: str, image_tag: str
) -> dict[str, Any]:
    """Return the variables of the service that is the preview.

    Args:
        declared: variables of the service it is a preview of; those that do not begin with ``service_`` are left out.
        service: that service's name, whose images and secrets it has.
        name: the preview's.
        domain: where it is reached.
        image_tag: what runs.
    """
    own = {key: value for key, value in declared.items() if key.startswith("service_")}
    calls = {"service_mesh": "none" if own.get("service_mesh", "none") == "none" else "client"}
    named = {"service_of": service, "service_mesh_name": name, "service_domain": domain, "service_image_tag": image_tag}
    return {**own, **APART, **calls, **named}
