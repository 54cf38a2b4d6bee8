"""ECR's layers: what an image consists of must be in its repository before the image, and can be read from there."""

from __future__ import annotations

import json
from typing import Any

from rehearsal.control.overlay import Call, Refused, before, operation
from rehearsal.tasks.images import blob
from rehearsal.world import ITSELF

BUCKET = "ecr-layers-of-{region}"


def parts(manifest: str) -> list[str]:
    """Return the digests of an image's configuration and layers; an index of images has none of its own."""
    content: dict[str, Any] = json.loads(manifest)
    return [one["digest"] for one in (content.get("config"), *content.get("layers", [])) if one]


@before("ecr", "PutImage")
def layers_first(call: Call) -> None:
    """Refuse an image whose parts were not uploaded."""
    repository = call.backend().repositories.get(call.params["repositoryName"])
    missing = [one for one in parts(call.params["imageManifest"]) if repository and one not in repository.layers]
    if missing:
        raise Refused(
            "LayersNotFoundException",
            f"Layers with digests '{missing}' required for pushing image into repository with name "
            f"'{repository.name}' in the registry with id '{call.account}' do not exist",
        )


@operation("ecr", "GetDownloadUrlForLayer")
def download_url(call: Call) -> dict[str, Any]:
    """Return where a layer can be read: in a bucket, as on AWS."""
    digest, name = call.params["layerDigest"], call.params["repositoryName"]
    repository = call.backend().repositories.get(name)
    content = blob(digest)
    if repository is None or digest not in repository.layers or content is None:
        raise Refused("LayersNotFoundException", f"The layer with digest '{digest}' is not in repository '{name}'")
    client, bucket = call.world.boto("s3", call.region, key=ITSELF), BUCKET.format(region=call.region)
    client.create_bucket(Bucket=bucket)
    client.put_object(Bucket=bucket, Key=digest, Body=content)
    url = client.generate_presigned_url("get_object", {"Bucket": bucket, "Key": digest})
    return {"downloadUrl": url, "layerDigest": digest}
