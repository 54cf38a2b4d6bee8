"""The database's credentials: those of the environment, and others from Secrets Manager once the database refuses them.

A rotation changes the password while the service runs, and its connections stay. Only a new one is refused; then the
secret is read anew: its current version and the one before, since the database takes either while a rotation goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Self

from psycopg import AsyncConnection, OperationalError

from app.config import Config

STAGES = ("AWSCURRENT", "AWSPREVIOUS")
Login = dict[str, str]


class Credentials:
    """Knows what the database took last.

    Args:
        config: with the first password, and the secret it is from.
    """

    def __init__(self, config: Config) -> None:
        self.secret_arn = config.secret_arn
        self.login: Login = {"password": config.password}

    async def candidates(self) -> AsyncIterator[Login]:
        """Yield what to try, the last good one first."""
        tried = [self.login]
        yield self.login
        for stage in STAGES if self.secret_arn else ():
            login = await self._read(stage)
            if login and login not in tried:
                tried.append(login)
                yield login

    async def _read(self, stage: str) -> Login | None:
        from app import secrets_manager  # noqa: PLC0415  most tasks never need it, and start faster without

        found = await asyncio.to_thread(secrets_manager.read, self.secret_arn, stage)
        return {"user": found["username"], "password": found["password"]} if found else None

    def connections(self) -> type[AsyncConnection[Any]]:
        """Return the class of connections that the pool makes."""
        credentials = self

        class Connection(AsyncConnection[Any]):
            """Connects with whatever credentials the database takes."""

            @classmethod
            async def connect(cls, conninfo: str = "", **options: Any) -> Self:
                """Try what there is to try; the first refusal is the one that is told."""
                refusal: OperationalError | None = None
                async for login in credentials.candidates():
                    try:
                        connection = await super().connect(conninfo, **{**options, **login})
                    except OperationalError as error:
                        refusal = refusal or error
                    else:
                        credentials.login = login
                        return connection
                raise refusal or OperationalError("there are no credentials")

        return Connection
