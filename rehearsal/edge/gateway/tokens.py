"""JSON web tokens: what a JWT authorizer lets through.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
"""

from __future__ import annotations

import base64
import json
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from rehearsal.clock import Clock

#: Virtual seconds for which keys of an issuer are remembered.
KEPT_FOR = 7200.0
FETCHED_WITHIN = 5.0
HASHES: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "RS256": hashes.SHA256,
    "RS384": hashes.SHA384,
    "RS512": hashes.SHA512,
}
Claims = dict[str, Any]
Names = Callable[[], Mapping[str, tuple[str, ...]]]


class InvalidToken(Exception):  # noqa: N818  what the client is told
    """A token that lets nobody in; the text says why."""


def signed(token: str, keys: Mapping[str, rsa.RSAPublicKey]) -> Claims:
    """Return the claims of a token that one of the keys signed.

    Raises:
        InvalidToken: it is no token, or its signature is not by the key that it names.
    """
    try:
        head, body, signature = token.split(".")
        header = json.loads(decoded(head))
        key, algorithm = keys[header["kid"]], HASHES[header["alg"]]
        key.verify(decoded(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), algorithm())
        claims: Claims = json.loads(decoded(body))
    except InvalidSignature as error:
        raise InvalidToken("signature does not match") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidToken("the token is malformed, or its algorithm or key is not known") from error
    return claims


def check(claims: Claims, issuer: str, audience: list[str], now: float) -> None:
    """Check whom a token is from and for, and when.

    Raises:
        InvalidToken: it is another's, or not of now.
    """
    given = claims.get("aud", claims.get("client_id", ""))
    if claims.get("iss") != issuer:
        raise InvalidToken("the token has an invalid issuer")
    if not set(given if isinstance(given, list) else [given]) & set(audience):
        raise InvalidToken("the token has an invalid audience")
    if not float(claims.get("exp", 0)) > now:
        raise InvalidToken("the token has expired")
    if max(float(claims.get("nbf", 0)), float(claims.get("iat", 0))) > now:
        raise InvalidToken("the token is not valid yet")


def scopes(claims: Claims) -> set[str]:
    """Return what a token allows, by ``scope`` or ``scp``."""
    found = claims.get("scope", claims.get("scp", ""))
    return set(found if isinstance(found, list) else str(found).split())


def decoded(text: str) -> bytes:
    """Return the bytes of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def public_keys(document: Mapping[str, Any]) -> dict[str, rsa.RSAPublicKey]:
    """Return the RSA keys of a key set by their ids."""
    return {
        one["kid"]: rsa.RSAPublicNumbers(_number(one["e"]), _number(one["n"])).public_key()
        for one in document["keys"]
        if one.get("kty") == "RSA" and one.get("use", "sig") == "sig"
    }


def _number(text: str) -> int:
    return int.from_bytes(decoded(text), "big")


class Issuers:
    """Knows the keys of issuers, by OpenID Connect discovery.

    Args:
        clock: virtual time.
        names: the cloud's DNS; other names are asked of this machine.
    """

    def __init__(self, clock: Clock, names: Names) -> None:
        self.clock = clock
        self.names = names
        self._known: dict[str, tuple[float, dict[str, rsa.RSAPublicKey]]] = {}

    async def claims(self, authorizer: Mapping[str, Any], token: str, trusted: str) -> Claims:
        """Return the claims of a valid token.

        Args:
            authorizer: its ``Issuer`` and ``Audience``.
            token: without ``Bearer``.
            trusted: PEM of a root beside this machine's.

        Raises:
            InvalidToken: it lets nobody in, or the issuer's keys cannot be had.
        """
        issuer = authorizer["Issuer"]
        claims = signed(token, await self._keys(issuer, trusted))
        check(claims, issuer, authorizer["Audience"], time.time())  # the issuer is outside of the cloud and its time
        return claims

    async def _keys(self, issuer: str, trusted: str) -> dict[str, rsa.RSAPublicKey]:
        until, keys = self._known.get(issuer, (0.0, {}))
        if until > self.clock.now():
            return keys
        try:
            keys = await self._fetched(issuer, trusted)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError, KeyError) as error:
            raise InvalidToken("OIDC discovery endpoint communication error") from error
        self._known[issuer] = (self.clock.now() + KEPT_FOR, keys)
        return keys

    async def _fetched(self, issuer: str, trusted: str) -> dict[str, rsa.RSAPublicKey]:
        context = ssl.create_default_context()
        context.load_verify_locations(cadata=trusted)
        connector = aiohttp.TCPConnector(ssl=context, resolver=_Resolver(self.names))
        timeout = aiohttp.ClientTimeout(total=FETCHED_WITHIN)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout, raise_for_status=True) as session:
            async with session.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration") as answer:
                told = await answer.json(content_type=None)
            async with session.get(told["jwks_uri"]) as answer:
                return public_keys(await answer.json(content_type=None))


class _Resolver(AbstractResolver):
    """Resolves names by the cloud's DNS where it has them."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.machine = ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        """Return addresses of a name."""
        return await self.machine.resolve(self.names().get(host, (host,))[0], port, family)

    async def close(self) -> None:
        """Close the machine's."""
        await self.machine.close()
