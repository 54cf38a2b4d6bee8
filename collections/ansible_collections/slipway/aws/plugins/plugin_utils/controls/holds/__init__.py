"""Whether a control holds for a resource, from its description alone; in the module of what it is about."""

from __future__ import annotations

from collections.abc import Mapping

from ._described import Holds
from .account import ACCOUNT
from .containers import CONTAINERS
from .databases import DATABASES
from .entry import ENTRY
from .gateway import GATEWAY
from .identities import IDENTITIES
from .messages import MESSAGES
from .network import NETWORK
from .storage import STORAGE

HOLDS: Mapping[str, Holds] = {
    **ACCOUNT, **CONTAINERS, **DATABASES, **ENTRY, **GATEWAY, **IDENTITIES, **MESSAGES, **NETWORK, **STORAGE,
}  # fmt: skip
