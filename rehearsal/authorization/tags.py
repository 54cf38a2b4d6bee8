"""What is known of the resources that a call is about: their tags, and the keys that encrypt them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rehearsal.world import World

Context = dict[str, tuple[str, ...]]
Reader = Callable[["World", str, str, str], dict[str, str]]


def resource_tags(world: World, arn: str) -> Context:
    """Return a resource's tags as condition keys; of the services whose resources have no names of their own."""
    if not arn.startswith("arn:") or arn.endswith("*"):
        return {}
    _, _, service, region, _, rest = arn.split(":", 5)
    read = _READ.get(service)
    tags = read(world, region, arn, rest.rsplit("/", 1)[-1]) if read else {}
    return {f"aws:ResourceTag/{key}": (value,) for key, value in tags.items()}


def _ec2(world: World, region: str, _arn: str, name: str) -> dict[str, str]:
    found: dict[str, str] = world.backend("ec2", region).tags.get(name, {})
    return found


def _kms(world: World, region: str, _arn: str, name: str) -> dict[str, str]:
    found: dict[str, str] = world.backend("kms", region).tagger.get_tag_dict_for_resource(name)
    return found


def _acm(world: World, region: str, arn: str, _name: str) -> dict[str, str]:
    backend = world.backend("acm", region)
    found = backend._certificates.get(arn)  # noqa: SLF001  moto has no other way without a refusal
    return {key: str(value or "") for key, value in found.tags.items()} if found else {}


def _by_arn(name: str) -> Reader:
    """Return what reads the tags that a backend keeps by ARN."""
    return lambda world, region, arn, _name: _kept(world.backend(name, region).tagger, arn)


def _efs(world: World, region: str, _arn: str, name: str) -> dict[str, str]:
    return _kept(world.backend("efs", region).tagging_service, name)


def _kept(tagger: Any, which: str) -> dict[str, str]:
    found: dict[str, str] = tagger.get_tag_dict_for_resource(which)
    return found


def _appconfig(world: World, _region: str, arn: str, _name: str) -> dict[str, str]:
    return dict(world.kept("appconfig.tags").get(arn, {}))


def _scaling(world: World, _region: str, arn: str, _name: str) -> dict[str, str]:
    return dict(world.kept("scaling.tags").get(arn, {}))


def _apigateway(world: World, region: str, arn: str, _name: str) -> dict[str, str]:
    """Return tags of either API of API Gateway."""
    from rehearsal.control.hooks_apigateway_plans import tags_of  # noqa: PLC0415  hooks need this

    return tags_of(world, arn) or _kept(world.backend("apigatewayv2", region).tagger, arn)


_READ: dict[str, Reader] = {
    "acm": _acm,
    "appconfig": _appconfig,
    "apigateway": _apigateway,
    "application-autoscaling": _scaling,
    "backup": _by_arn("backup"),
    "ce": _by_arn("ce"),
    "ec2": _ec2,
    "elasticfilesystem": _efs,
    "kms": _kms,
    "servicediscovery": _by_arn("servicediscovery"),
}


def attached(world: World, service: str, region: str, params: Mapping[str, Any]) -> list[str]:
    """Return what a call is about and does not name: keys of secrets, aliases and restores, tables of associations.

    Of an image in ECR, how its registry is scanned; of what scales, its target.
    """
    if service == "appconfigdata":
        from rehearsal.appconfig.hooks_data import asked_about  # noqa: PLC0415  it needs the hooks, which need this

        return asked_about(world, region, params)
    if service == "ec2" and str(params.get("AssociationId", "")).startswith("rtbassoc-"):
        tables = world.backend(service, region).route_tables.values()
        return [table.id for table in tables if params["AssociationId"] in table.associations]
    if service == "efs" and "MountTargetId" in params:
        found = world.backend(service, region).mount_targets_by_id.get(params["MountTargetId"])
        return [found.file_system_id] if found else []
    if service == "kms" and str(params.get("KeyId", "")).startswith("alias/"):
        backend = world.backend(service, region)
        found = backend.get_key_id_from_alias(params["KeyId"])
        return [backend.keys[found].arn] if found in backend.keys else []
    if service == "secretsmanager" and "SecretId" in params:
        found = world.backend(service, region).secrets.get(params["SecretId"])
        return [found.kms_key_id] if found and found.kms_key_id else []
    return [
        *_restored(world, region, params),
        *_scanned(world, service, region, params),
        *_scaled(world, service, region, params),
        *_deploying(params),
    ]


def _restored(world: World, region: str, params: Mapping[str, Any]) -> list[str]:
    """Return both instances of a restore, and the key of the one that is there."""
    if "TargetDBInstanceIdentifier" not in params:
        return []
    names = [params[name] for name in ("SourceDBInstanceIdentifier", "TargetDBInstanceIdentifier") if name in params]
    found = world.backend("rds", region).databases.get(names[0])
    keys = [found.kms_key_id] if found and found.kms_key_id else []
    return [f"arn:aws:rds:{region}:{world.account}:db:{name}" for name in names] + keys


def _scanned(world: World, service: str, region: str, params: Mapping[str, Any]) -> list[str]:
    """Return how the registry of an image is scanned."""
    asked = service == "ecr" and "imageId" in params
    return [world.backend(service, region).registry_scanning_configuration["scanType"]] if asked else []


def _scaled(world: World, service: str, region: str, params: Mapping[str, Any]) -> list[str]:
    """Return the scalable target of a call, which tells what it scales and not the target's id."""
    if service != "application-autoscaling" or "ScalableDimension" not in params or "ResourceId" not in params:
        return []
    targets = world.backend(service, region).targets.get(params["ScalableDimension"], {})
    found = targets.get(params["ResourceId"])
    return [found.arn] if found else []


def _deploying(params: Mapping[str, Any]) -> list[str]:
    """Return the service of ECS whose deployment is stopped or goes on."""
    named = str(params.get("serviceDeploymentArn", ""))
    return [named.replace(":service-deployment/", ":service/").rpartition("/")[0]] if named else []
