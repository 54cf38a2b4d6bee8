"""Checks that what is vaulted can be read; as in :mod:`inputs`, a sentence for each mistake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.parsing.vault import EncryptedString


def vault_problems(host: str, given: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each variable with something in it that no given password opens.

    Args:
        host: whose variables they are.
        given: its variables as they are written, no template rendered.
    """
    for name, value in given.items():
        if any(not _opens(one) for one in _vaulted(value)):
            yield (
                f"{host}: {name} is vaulted, and no password was given that opens it; give --vault-password-file FILE,"
                " or --ask-vault-pass"
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
