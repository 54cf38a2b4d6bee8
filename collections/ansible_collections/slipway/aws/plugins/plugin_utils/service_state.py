"""Where each service stands: waiting for an image, to be released for the first time, or released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from .cloud import Cloud, error_code
from .parallel import side_by_side
from .records import read_items
from .resource import ConvergeError

ABSENT, WAITING, FIRST, RELEASED = "absent", "waiting", "first", "released"
#: Tags that a message names at most.
NAMED_TAGS = 10


@dataclass(frozen=True)
class Question:
    """What a service declares.

    Attributes:
        name: of the service.
        repository: of its images.
        image_tag: wanted, empty when a digest is.
        digest: wanted, empty when a tag is.
        called: whether others call it by name, and so have to come after it.
        follows: whether another image is rolled out where the service is converged, without a release.
        engine: that releases it, as declared.
    """

    name: str
    repository: str
    image_tag: str = ""
    digest: str = ""
    called: bool = False
    follows: bool = False
    engine: str = ""

    def moved(self, record: Mapping[str, Any]) -> bool:
        """Say whether the service was made with another engine, as its release record knows it."""
        return bool(record.get("engine", self.engine) != self.engine)

    @property
    def image(self) -> dict[str, str]:
        """The image as ECR identifies it."""
        return {"imageDigest": self.digest} if self.digest else {"imageTag": self.image_tag}

    @property
    def image_text(self) -> str:
        """The image as one writes it."""
        return f"{self.repository}@{self.digest}" if self.digest else f"{self.repository}:{self.image_tag}"


@dataclass(frozen=True)
class ServiceState:
    """Where a service stands.

    Attributes:
        state: one of the constants above.
        digest: of the image wanted, empty while there is none.
        record: what the last release wrote; empty before the first.
    """

    state: str
    digest: str = ""
    record: dict[str, Any] = field(default_factory=dict)

    def as_fact(self) -> dict[str, Any]:
        """Return it as data for the role."""
        return asdict(self)


def record_key(service: str) -> dict[str, str]:
    """Return the key of a service's release record in the state table."""
    return {"id": f"services/{service}"}


def service_states(cloud: Cloud, table: str, questions: Sequence[Question]) -> dict[str, ServiceState]:
    """Return the state of every service: all records in one call, images side by side.

    Raises:
        ConvergeError: a repository has images, but not the one that is wanted; every such service is named.
    """
    items = read_items(cloud, table, [record_key(question.name) for question in questions])
    records = {str(item["id"]).partition("/")[2]: item for item in items}
    unknown = [question for question in questions if not _is_running(question, records.get(question.name, {}))]
    mistakes: list[str] = []

    def digest(question: Question) -> str:
        try:
            return find_digest(cloud, question)
        except ConvergeError as error:
            mistakes.append(str(error))
            return ""

    digests = dict(zip((question.name for question in unknown), side_by_side(digest, unknown), strict=True))
    if mistakes:
        raise ConvergeError("; ".join(sorted(mistakes)))
    return {question.name: _state(question, records.get(question.name, {}), digests) for question in questions}


def _is_running(question: Question, record: Mapping[str, Any]) -> bool:
    """Say whether the image wanted is the one that runs, as the record knows it: tags never move."""
    if question.digest:
        return bool(record.get("digest") == question.digest)
    return bool(record.get("digest")) and record.get("image_tag") == question.image_tag


def _state(question: Question, record: dict[str, Any], digests: Mapping[str, str]) -> ServiceState:
    digest = digests.get(question.name, str(record.get("digest", "")))
    if record and not question.follows:
        return ServiceState(RELEASED, digest, record)
    return ServiceState(FIRST if digest else WAITING, digest, record)


def find_digest(cloud: Cloud, question: Question) -> str:
    """Return the digest of the image wanted, or nothing while its repository is missing or empty.

    Raises:
        ConvergeError: the repository has images, but not this one.
    """
    try:
        answer = cloud.read("ecr", "describe_images", repositoryName=question.repository, imageIds=[question.image])
    except ClientError as error:
        if error_code(error) == "RepositoryNotFoundException":
            return ""
        if error_code(error) != "ImageNotFoundException":
            raise
        return _refuse_or_wait(cloud, question)
    found = answer["imageDetails"]
    return str(found[0]["imageDigest"]) if found else _refuse_or_wait(cloud, question)


def _refuse_or_wait(cloud: Cloud, question: Question) -> str:
    there = cloud.pages("ecr", "list_images", "imageIds", repositoryName=question.repository)
    if not there:
        return ""
    tags = sorted(str(image["imageTag"]) for image in there if image.get("imageTag"))
    told = ", ".join(tags[-NAMED_TAGS:]) or "untagged ones only"
    raise ConvergeError(
        f"{question.name}: image {question.image_text} is not in the registry, which has {told};"
        f" push it, or change releases.{question.name} in releases.yml"
    )
