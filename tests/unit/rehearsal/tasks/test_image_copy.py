"""An image goes from one repository to another as it is: by its digest, with its layers, and never without them."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from ansible_collections.slipway.aws.plugins.plugin_utils.cloud import Cloud as Account
from ansible_collections.slipway.aws.plugins.plugin_utils.image_copy import Repository, copy_image, is_there
from ansible_collections.slipway.aws.plugins.plugin_utils.promotion import Place, take_over
from ansible_collections.slipway.aws.plugins.plugin_utils.resource import ConvergeError
from tests.unit.rehearsal.tasks.conftest import REGION, Cloud


@pytest.fixture
def account(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.world.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return Account(REGION)


def digest_of(cloud: Cloud, repository: str, tag: str) -> str:
    found = cloud.ecr.describe_images(repositoryName=repository, imageIds=[{"imageTag": tag}])["imageDetails"]
    return str(found[0]["imageDigest"])


def test_the_digest_stays_and_a_copy_can_be_copied(cloud: Cloud, account: Account) -> None:
    names = ("shop/web", "copy/one", "copy/two")
    for name in names[1:]:
        cloud.ecr.create_repository(repositoryName=name)
    digest = digest_of(cloud, "shop/web", "1.0.0")
    first, second, third = (Repository(account, name) for name in names)
    assert not is_there(second, digest, "1.0.0")
    copy_image(first, second, digest, "1.0.0")
    copy_image(second, third, digest, "1.0.0")
    assert is_there(third, digest, "1.0.0")
    assert not is_there(third, digest, "another")
    assert digest_of(cloud, "copy/two", "1.0.0") == digest
    writes = account.calls["ecr.upload_layer_part"]
    assert writes == 4  # a configuration and a layer, twice
    copy_image(first, second, digest, "again")
    assert account.calls["ecr.upload_layer_part"] == writes
    assert set(second.tags(digest)) == {"1.0.0", "again"}


def test_an_image_that_is_not_there(cloud: Cloud, account: Account) -> None:
    with pytest.raises(ConvergeError, match=r"shop/web has no image sha256:0+; it may have expired"):
        copy_image(Repository(account, "shop/web"), Repository(account, "x/y"), "sha256:" + "0" * 64)


def test_a_signature_goes_with_its_image(cloud: Cloud, account: Account) -> None:
    dev, staging = (Place(account, name, "signed") for name in ("dev", "staging"))
    for place in (dev, staging):
        cloud.ecr.create_repository(repositoryName=place.repository("web").name)
    digest, signature = (cloud.mover.order_push(f"web:{tag}", "signed-dev/web", REGION) for tag in ("1.0.0", "1.1.0"))
    versions = {"web": {"digest": digest, "image_tag": "1.0.0"}}
    assert take_over(dev, staging, versions, check=False) == ["web"]
    # Another image stands in for the signature, which cosign keeps as an image under this tag.
    manifest = cloud.ecr.batch_get_image(repositoryName="signed-dev/web", imageIds=[{"imageDigest": signature}])
    tag = f"{digest.replace(':', '-')}.sig"
    cloud.ecr.put_image(
        repositoryName="signed-dev/web", imageManifest=manifest["images"][0]["imageManifest"], imageTag=tag
    )
    assert take_over(dev, staging, versions, check=True) == ["web"]
    assert staging.repository("web").signature(digest) is None
    assert take_over(dev, staging, versions, check=False) == ["web"]
    assert staging.repository("web").signature(digest) == (signature, tag)
    assert take_over(dev, staging, versions, check=False) == []


def test_the_registry_takes_no_image_before_its_layers(cloud: Cloud) -> None:
    cloud.ecr.create_repository(repositoryName="empty/web")
    image = cloud.ecr.batch_get_image(repositoryName="shop/web", imageIds=[{"imageTag": "1.0.0"}])["images"][0]
    with pytest.raises(ClientError, match="LayersNotFoundException"):
        cloud.ecr.put_image(repositoryName="empty/web", imageManifest=image["imageManifest"], imageTag="1.0.0")
    with pytest.raises(ClientError, match="LayersNotFoundException"):
        cloud.ecr.get_download_url_for_layer(repositoryName="shop/web", layerDigest="sha256:" + "0" * 64)
