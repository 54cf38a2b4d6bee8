"""Keep what a call set and moto forgets, and return it when the thing is described."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rehearsal.control.overlay import Call, after


@dataclass(frozen=True)
class Forgotten:
    """Fields that moto does not return.

    Attributes:
        service: boto3's name.
        setters: operations that set them; all name the thing by ``parameter``.
        parameter: the setters' parameter that names the thing.
        readers: operations that return it, and where: the key of a list or of one item in their answer.
        identifier: the field of the answer that names the thing.
        fields: parameter of the setter to field of the answer.
        defaults: what AWS returns for a field that was never set.
    """

    service: str
    setters: Sequence[str]
    parameter: str
    readers: dict[str, str]
    identifier: str
    fields: dict[str, str]
    defaults: dict[str, Any]


def keep(forgotten: Forgotten) -> None:
    """Register the hooks that keep and return the fields."""
    store = f"{forgotten.service}.kept.{forgotten.identifier}"

    @after(forgotten.service, *forgotten.setters)
    def _remember(call: Call, response: dict[str, Any]) -> None:
        del response
        known = call.world.kept(store).setdefault((call.region, call.params[forgotten.parameter]), {})
        for parameter, field in forgotten.fields.items():
            if parameter in call.params:
                known[field] = call.params[parameter]

    @after(forgotten.service, *forgotten.setters, *forgotten.readers)
    def _return(call: Call, response: dict[str, Any]) -> None:
        place = forgotten.readers.get(call.operation) or next(iter(response), "")
        found = response.get(place) or []
        for item in found if isinstance(found, list) else [found]:
            known = call.world.kept(store).get((call.region, item.get(forgotten.identifier)), {})
            item.update({**forgotten.defaults, **known})
