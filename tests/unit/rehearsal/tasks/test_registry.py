"""Images: the catalogue, pushing, and what ECR says of them."""

from __future__ import annotations

import hashlib

import pytest
from botocore.exceptions import ClientError

from rehearsal.tasks.images import UnknownImageError
from rehearsal.tasks.registry import PullError, Reference, pull
from tests.unit.rehearsal.tasks.conftest import REGION, Cloud


def test_every_version_has_a_digest_of_its_own(cloud: Cloud) -> None:
    name = "digests/web"
    cloud.ecr.create_repository(repositoryName=name)
    tags = ("1.0.0", "1.1.0", "1.2.0-errors", "1.2.0-slow")
    digests = [cloud.mover.order_push(f"web:{tag}", name, REGION) for tag in tags]
    assert len(set(digests)) == len(tags)
    described = cloud.ecr.describe_images(repositoryName=name)["imageDetails"]
    assert {one["imageTags"][0]: one["imageDigest"] for one in described} == dict(zip(tags, digests, strict=True))


def test_a_digest_is_that_of_the_manifest(cloud: Cloud) -> None:
    image = cloud.ecr.batch_get_image(repositoryName="shop/web", imageIds=[{"imageTag": "1.0.0"}])["images"][0]
    digest = "sha256:" + hashlib.sha256(image["imageManifest"].encode()).hexdigest()
    assert image["imageId"] == {"imageTag": "1.0.0", "imageDigest": digest}


def test_the_same_push_again_changes_nothing(cloud: Cloud) -> None:
    before = cloud.ecr.describe_images(repositoryName="shop/web")["imageDetails"]
    assert cloud.push("web:1.0.0") in [one["imageDigest"] for one in before]
    assert cloud.ecr.describe_images(repositoryName="shop/web")["imageDetails"] == before


def test_an_immutable_tag_stays(cloud: Cloud) -> None:
    image = cloud.ecr.batch_get_image(repositoryName="shop/web", imageIds=[{"imageTag": "1.1.0"}])["images"][0]
    with pytest.raises(ClientError, match="ImageTagAlreadyExistsException"):
        cloud.ecr.put_image(repositoryName="shop/web", imageManifest=image["imageManifest"], imageTag="1.0.0")


def test_a_repository_must_exist(cloud: Cloud) -> None:
    with pytest.raises(ClientError, match="RepositoryNotFoundException"):
        cloud.mover.order_push("web:1.0.0", "nowhere/web", REGION)


@pytest.mark.parametrize(("image", "message"), [("web:9.9.9", "its tags are 1.0.0"), ("shop:1", "it has web")])
def test_an_unknown_image_is_refused(cloud: Cloud, image: str, message: str) -> None:
    with pytest.raises(UnknownImageError, match=message):
        cloud.push(image)


def test_a_public_image_by_its_real_digest_runs_as_what_there_is(cloud: Cloud) -> None:
    digest = f"sha256:{'0' * 64}"
    image = pull(cloud.world, Reference.parse(f"quay.io/prometheus/prometheus@{digest}"))
    assert (image.name, image.tag) == ("prometheus", "v3.5.0")
    with pytest.raises(PullError, match="not found"):
        pull(cloud.world, Reference.parse(f"quay.io/prometheus/other@{digest}"))
