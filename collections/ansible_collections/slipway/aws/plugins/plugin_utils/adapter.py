"""What a resource type must know: how to find, create, update and delete. Everything else is the engine's."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from .cloud import Cloud, error_code
from .compare import Changes
from .models import service_model
from .parallel import side_by_side
from .repetition import SHOWS_WITHIN, once_known
from .resource import ConvergeError, Resource, State

PACKAGE = "ansible_collections.slipway.aws.plugins.plugin_utils.adapters"


class Adapter:
    """Base of all resource types.

    A state is a flat dictionary in AWS's own names: every comparable property under the name by which it is declared,
    plus what others refer to (ids, ARNs). Tags stand under ``Tags`` as a dictionary.
    """

    service: ClassVar[str]
    #: The API operation whose input lists the properties that may be declared.
    create_operation: ClassVar[str]
    #: Properties beyond that input, set by other operations.
    more_properties: ClassVar[Collection[str]] = ()
    required: ClassVar[Collection[str]] = ()
    #: Properties without which the resource cannot be looked for; unknown ones mean that it is not there yet.
    identity: ClassVar[Collection[str]] = ()
    immutable: ClassVar[Collection[str]] = ()
    unordered: ClassVar[Collection[str]] = ()
    documents: ClassVar[Collection[str]] = ()
    exact: ClassVar[Collection[str]] = ()
    secret: ClassVar[Collection[str]] = ()
    #: Attributes others may refer to that exist only after creation.
    computed: ClassVar[Collection[str]] = ()
    #: Values that properties have when they are not declared, for types of which the whole is ours: there, what is not
    #: declared must be at its default.
    defaults: ClassVar[Mapping[str, Any]] = {}
    taggable: ClassVar[bool] = True
    #: An immutable property that changes deletes the resource and creates it anew, instead of stopping the run.
    replaceable: ClassVar[bool] = False
    #: Seconds to wait until :meth:`ready`.
    timeout: ClassVar[int] = 600
    poll: ClassVar[int] = 5

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    @classmethod
    def pinned(cls, resource: Resource, name: str) -> Resource:
        """Return an adopted resource as one that is found by the name it has.

        Raises:
            ConvergeError: its type has no name of its own.
        """
        if len(cls.identity) != 1:
            raise ConvergeError(f"{resource} is found by what it belongs to; leave id out of slipway_adopted")
        return replace(resource, properties={**resource.properties, next(iter(cls.identity)): name})

    def find(self, resources: Sequence[Resource]) -> Mapping[str, State]:
        """Return the state of those of ``resources`` that exist, by resource name."""
        found = zip(resources, side_by_side(self.find_one, resources), strict=True)
        return {resource.name: state for resource, state in found if state is not None}

    def find_one(self, resource: Resource) -> State | None:
        """Return the state of one resource; ``None`` when it does not exist. For APIs without a useful list call."""
        raise NotImplementedError

    def create(self, resource: Resource) -> None:
        """Create the resource with its tags. The engine reads it back and updates whatever then still differs."""
        raise NotImplementedError

    def update(self, resource: Resource, state: State, changes: Changes) -> None:
        """Bring an existing resource to what ``changes`` say."""
        raise NotImplementedError

    def precautions(self, resource: Resource, changes: Changes) -> State:
        """Return what an update with these changes does first to be safe, by names of its own, for the plan."""
        del resource, changes
        return {}

    def delete(self, resource: Resource, state: State) -> None:
        """Delete the resource; one that is gone already is no error."""
        raise NotImplementedError

    def ready(self, state: State) -> bool:
        """Say whether others can use the resource. Raise ConvergeError when it never will be."""
        del state
        return True

    def mendable(self, state: State) -> bool:
        """Say whether an update brings back what never gets ready by itself."""
        del state
        return False

    def keeps(self, resource: Resource, state: State) -> str | None:
        """Return why AWS or a protection keeps this resource when asked to delete it, else ``None``."""
        del resource, state
        return None

    # Helpers for adapters

    def read_or_none(self, operation: str, absent: Collection[str], /, **parameters: Any) -> dict[str, Any] | None:
        """Read; an error code in ``absent`` means that there is nothing."""
        try:
            return self.cloud.read(self.service, operation, **parameters)
        except ClientError as error:
            if error_code(error) in absent:
                return None
            raise

    def write(self, operation: str, /, **parameters: Any) -> dict[str, Any]:
        """Write through this adapter's service, again while it does not know yet what was made a moment ago."""
        at_most = self.cloud.clock.showing(SHOWS_WITHIN)
        return once_known(operation, lambda: self._written(operation, parameters), self.cloud.wait, at_most)

    def _written(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        return self.cloud.write(self.service, operation, **parameters)

    def write_unless(self, operation: str, absent: Collection[str], /, **parameters: Any) -> None:
        """Write; an error code in ``absent`` means that it was done already."""
        try:
            self._written(operation, parameters)
        except ClientError as error:
            if error_code(error) not in absent:
                raise

    def mend_tags(self, target: str, changes: Changes) -> None:
        """Set and remove tags by TagResource and UntagResource; every service has its own names for their fields.

        Args:
            target: what the service's calls name the resource by, mostly its ARN.
            changes: of the resource; without tags among them nothing is called.
        """
        add, remove = tag_changes(changes)
        if add:
            self.write("tag_resource", **self._tag_request("TagResource", target, add))
        if remove:
            self.write("untag_resource", **self._tag_request("UntagResource", target, remove))

    def _tag_request(self, operation: str, target: str, tags: dict[str, str] | list[str]) -> dict[str, Any]:
        members: Any = service_model(self.service).operation_model(operation).input_shape.members  # type: ignore[union-attr]
        (named,) = (name for name in members if "tag" not in name.lower())
        (listed,) = (name for name in members if name != named)
        if isinstance(tags, dict) and members[listed].type_name == "list":
            return {named: target, listed: tag_list(tags, *members[listed].member.members)}
        return {named: target, listed: tags}


def tag_list(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Return tags as AWS lists them, sorted by key."""
    return [{key: name, value: text} for name, text in sorted(tags.items())]


def tag_dict(tags: Iterable[Mapping[str, str]] | None, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """Return AWS's tag list as a dictionary, without the tags that AWS sets itself."""
    return {tag[key]: tag[value] for tag in tags or () if not tag[key].startswith("aws:")}


def tag_changes(changes: Changes) -> tuple[dict[str, str], list[str]]:
    """Return the tags to set and the tag keys to remove."""
    if "Tags" not in changes:
        return {}, []
    before, after = changes["Tags"].before or {}, changes["Tags"].after
    return {k: v for k, v in after.items() if before.get(k) != v}, [k for k in before if k not in after]


def only(values: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Return the entries of ``values`` whose key is in ``names``."""
    return {name: value for name, value in values.items() if name in names}


def without(values: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Return the entries of ``values`` whose key is not in ``names``."""
    return {name: value for name, value in values.items() if name not in names}


def adapter_class(resource_type: str) -> type[Adapter]:
    """Return the adapter of a resource type: what ``adapters/<type>.py`` names ``ADAPTER``.

    Raises:
        ConvergeError: there is no such type; the message lists those there are.
    """
    try:
        module = importlib.import_module(f"{PACKAGE}.{resource_type}")
    except ModuleNotFoundError as error:
        if not str(error.name).endswith(f".{resource_type}"):
            raise
        raise ConvergeError(f"resource type {resource_type!r} does not exist; {_nearest(resource_type)}") from None
    found: type[Adapter] = module.ADAPTER
    return found


def adapter_types() -> list[str]:
    """Return the names of all resource types."""
    package = importlib.import_module(PACKAGE)
    return sorted(name for _, name, _ in pkgutil.iter_modules(package.__path__) if not name.startswith("_"))


def _nearest(resource_type: str) -> str:
    close = difflib.get_close_matches(resource_type, adapter_types(), n=3)
    return f"did you mean {', '.join(close)}?" if close else f"there are: {', '.join(adapter_types())}"
