"""Files with ACM's certificates for the data plane."""

from __future__ import annotations

from typing import Any

from rehearsal.world import World


def certificate(world: World, region: str, arn: str) -> dict[str, Any] | None:
    """Return names and paths of a certificate, ``None`` when it does not exist or is not issued.

    ACM never shows the key of a certificate that it issued, so an equal one of the local root serves in its place.
    """
    found = world.backend("acm", region)._certificates.get(arn)  # noqa: SLF001  its getter raises and describes
    if found is None or found.status != "ISSUED":
        return None
    names = list(dict.fromkeys([found.common_name, *found.sans]))
    if found.type != "IMPORTED":
        chain, key = world.authority.issue(names)
        return {"names": names, "chain": str(chain), "key": str(key)}
    return {"names": names, **_imported(world, arn, found)}


def _imported(world: World, arn: str, found: Any) -> dict[str, str]:
    stem = world.state_dir / "run" / f"imported-{arn.rsplit('/', 1)[-1]}"
    stem.parent.mkdir(parents=True, exist_ok=True)
    chain, key = stem.with_suffix(".crt"), stem.with_suffix(".key")
    chain.write_bytes(found.cert.rstrip(b"\n") + b"\n" + found.chain)
    key.touch(mode=0o600)
    key.write_bytes(found.key)
    return {"chain": str(chain), "key": str(key)}
