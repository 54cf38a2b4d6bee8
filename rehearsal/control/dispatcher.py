"""Which of moto's services answers a request, found once for a host."""

from __future__ import annotations

from functools import cache
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication


class Dispatcher(DomainDispatcherApplication):  # type: ignore[misc]  # moto ships no types
    """Remembers what moto looks up for every request: the folders of its services, then hundreds of patterns."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.get_backend_for_host = cache(super().get_backend_for_host)
