"""Checks that what is vaulted can be read; as in :mod:`inputs`, a sentence for each mistake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.parsing.vault import EncryptedString


def vault_problems(given: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield a sentence for each variable with something in it that no given password opens.

    Args:
        given: by host its variables as they are written, no template rendered.
    """
    closed: dict[str, list[str]] = defaultdict(list)
    for host, values in given.items():
        for name, value in values.items():
            if any(not _opens(one) for one in _vaulted(value)):
                closed[name].append(host)
    for name, hosts in closed.items():
        whose = "" if len(hosts) == len(given) > 1 else f"{', '.join(hosts)}: "
        yield (
            f"{whose}{name} is vaulted, and no password was given that opens it; give --vault-password-file FILE, or"
            " --ask-vault-pass"
        )


def _vaulted(value: Any) -> Iterator[EncryptedString]:
    if isinstance(value, EncryptedString):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _vaulted(part)


def _opens(value: EncryptedString) -> bool:
    try:
        str(value)
    except AnsibleError:
        return False
    return True
