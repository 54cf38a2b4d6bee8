"""What controls look at, by kind: names of resources and their descriptions. Reads only.

A reader is a function in the module of its subject; its name is the kind. What several kinds look at is read once.
"""

from __future__ import annotations

from collections.abc import Mapping

from ._found import Reader
from .account import ACCOUNT
from .containers import CONTAINERS
from .databases import DATABASES
from .entry import ENTRY
from .gateway import GATEWAY
from .identities import IDENTITIES
from .messages import MESSAGES
from .network import NETWORK
from .storage import STORAGE

READERS: Mapping[str, Reader] = {
    **ACCOUNT, **CONTAINERS, **DATABASES, **ENTRY, **GATEWAY, **IDENTITIES, **MESSAGES, **NETWORK, **STORAGE,
}  # fmt: skip
