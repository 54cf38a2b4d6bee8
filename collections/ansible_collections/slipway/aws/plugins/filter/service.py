"""Filters of the role service."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

HASH_LENGTH = 6
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
#: Where an application finds its database: name of the variable, and of the part of the database's secret.
DATABASE = {
    "DATABASE_HOST": "host",
    "DATABASE_PORT": "port",
    "DATABASE_NAME": "dbname",
    "DATABASE_USER": "username",
    "DATABASE_PASSWORD": "password",
}
#: Credentials do not belong in an environment: https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-8
REFUSED = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "ECS_ENGINE_AUTH_DATA")


def short_name(name: str, length: int) -> str:
    """Return ``name``, or when it is longer than ``length`` its beginning and a hash that keeps it unique."""
    if len(name) <= length:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:HASH_LENGTH]
    return f"{name[: length - HASH_LENGTH - 1].rstrip('-')}-{digest}"


def pinned_image(image: str, digest: str) -> str:
    """Return an image by its digest, in place of its tag; as it is where there is no digest.

    Raises:
        AnsibleFilterError: the digest is none, or the image has another one.
    """
    if not digest:
        return image
    name, _, own = image.partition("@")
    if not DIGEST.fullmatch(digest) or own not in ("", digest):
        raise AnsibleFilterError(
            f"pinned_image: the digest of {image} is {digest!r}; give sha256: and 64 hexadecimal digits, as docker"
            f" buildx imagetools inspect {name} shows them"
        )
    return f"{re.sub(r':[^:/]+$', '', name)}@{digest}"


def container_environment(variables: Mapping[str, Any], secrets: Iterable[str] = ()) -> list[dict[str, str]]:
    """Return environment variables as a container definition lists them, sorted by name.

    Args:
        variables: value by name; numbers and booleans become text, booleans in lower case.
        secrets: names that are given as secrets and must not stand here in clear.

    Raises:
        AnsibleFilterError: a variable is a secret too, or carries AWS credentials.
    """
    clear = sorted(set(variables) & set(secrets))
    if clear:
        raise AnsibleFilterError(
            f"container_environment: {clear[0]} is a secret of this service and stands in service_environment too;"
            " remove it there"
        )
    refused = sorted(set(variables) & set(REFUSED))
    if refused:
        raise AnsibleFilterError(
            f"container_environment: {refused[0]} must not be in an environment; allow what the service does in"
            " service_policy, its task role then has it"
        )
    return [{"name": name, "value": _text(variables[name])} for name in sorted(variables)]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def container_secrets(names: Iterable[str], service: str, *, database: str = "") -> list[dict[str, str]]:
    """Return a container's secrets as references to what the roles secrets and database_access publish.

    Args:
        names: of the secrets in ``service_secrets``.
        service: whose they are.
        database: the service whose database secret it gets in parts as ``DATABASE_*``; empty for none.
    """
    own = {name: f"${{output.secrets.{service}.{name}}}" for name in names}
    parts = {name: f"${{output.database_access.{database}}}:{part}::" for name, part in DATABASE.items()}
    wanted = {**(parts if database else {}), **own}
    return [{"name": name, "valueFrom": wanted[name]} for name in sorted(wanted)]


def container_user(user: str | int) -> str:
    """Return the user a container runs as.

    Args:
        user: a name or number, with a group after a colon if wanted.

    Raises:
        AnsibleFilterError: it is root, or nobody was named.
    """
    name = str(user).partition(":")[0].strip()
    if name in {"", "root"} or (name.isdecimal() and int(name) == 0):
        raise AnsibleFilterError(
            f"container_user: service_user is {user!r}; allowed is any user but root, such as '10001', which the image"
            " must let read its files"
        )
    return str(user)


def writable_volumes(paths: Iterable[str]) -> list[dict[str, str]]:
    """Return a volume of the task for each directory that a container may write to.

    Args:
        paths: absolute paths inside of the container.

    Raises:
        AnsibleFilterError: a path is not absolute.
    """
    return [{"name": _volume(path)} for path in paths]


def writable_mounts(paths: Iterable[str]) -> list[dict[str, Any]]:
    """Return the mount points of :func:`writable_volumes`.

    Args:
        paths: the same paths.
    """
    return [{"sourceVolume": _volume(path), "containerPath": path, "readOnly": False} for path in paths]


def _volume(path: str) -> str:
    if not path.startswith("/") or not path.strip("/"):
        raise AnsibleFilterError(
            f"writable_volumes: service_writable_paths has {path!r}; give absolute paths below /, such as /tmp"
        )
    return re.sub(r"[^A-Za-z0-9]+", "-", path.strip("/"))


def pending_release(changes: Iterable[Mapping[str, Any]]) -> str:
    """Return what a release would change, in one line such as ``cpu 256 -> 512, web.image 1.0.0 -> 1.1.0``.

    Args:
        changes: resources of a converge's result that hold the task definition.
    """
    found: list[str] = []
    for change in changes:
        for name, after in change["after"].items():
            before = (change["before"] or {}).get(name)
            if name == "containerDefinitions":
                found += _container_changes(before or [], after)
            elif name != "Tags":
                found.append(f"{name} {_short(before)} -> {_short(after)}")
    return ", ".join(found)


def _container_changes(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    old = {container["name"]: container for container in before}
    return [
        f"{container['name']}.{field} {_short(then)} -> {_short(now)}"
        for container in after
        for field in sorted({*old.get(container["name"], {}), *container})
        if (then := old.get(container["name"], {}).get(field)) != (now := container.get(field))
    ]


def free_priorities(listed: Mapping[str, Mapping[str, Any]], name: str) -> list[int]:
    """Return two priorities of listener rules that stand ahead of a service's own and are no other service's.

    Args:
        listed: priority by service, as ``environment_services`` has it.
        name: the service.

    Raises:
        AnsibleFilterError: so many are not free.
    """
    taken = {int(entry["priority"]) for entry in listed.values()}
    place = 2 * sorted(taken).index(int(listed[name]["priority"]))
    free = [number for number in range(1, int(listed[name]["priority"])) if number not in taken][place : place + 2]
    if len(free) < 2:  # noqa: PLR2004  one for each variant
        raise AnsibleFilterError(
            f"free_priorities: environment_services.{name}.priority is {listed[name]['priority']}; an experiment needs"
            f" two free numbers below it for each service up to {name}: give the services greater ones"
        )
    return free


def _short(value: Any) -> str:
    if isinstance(value, str) and "@sha256:" in value:
        return value.rpartition("/")[2][: -64 + 12]
    if isinstance(value, list) and value and all(isinstance(item, dict) and "name" in item for item in value):
        return "{" + " ".join(f"{item['name']}={item.get('value', item.get('valueFrom', ''))}" for item in value) + "}"
    return "unset" if value in (None, [], {}) else str(value)


class FilterModule:
    """What Ansible looks for in this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {
            "container_environment": container_environment,
            "container_secrets": container_secrets,
            "container_user": container_user,
            "free_priorities": free_priorities,
            "pending_release": pending_release,
            "pinned_image": pinned_image,
            "short_name": short_name,
            "writable_mounts": writable_mounts,
            "writable_volumes": writable_volumes,
        }
