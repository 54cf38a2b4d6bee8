"""What logs, metrics and traces need to know, from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

LEVELS = ("debug", "info", "warning", "error", "critical")
HIGHEST_PORT = 65535


class SettingsError(Exception):
    """A variable has no allowed value; the message names it."""


@dataclass(frozen=True)
class Settings:
    """The service as telemetry names it, and where telemetry goes.

    Attributes:
        service: ``OTEL_SERVICE_NAME``.
        version: ``APP_VERSION``.
        environment: ``ENVIRONMENT``.
        level: ``LOG_LEVEL``, one of debug, info, warning, error and critical.
        level_parameter: ``LOG_LEVEL_PARAMETER``, an SSM parameter whose value is a level, or ``default`` for that of
            ``LOG_LEVEL``. It is followed while the service runs. Empty: none.
        level_seconds: ``LOG_LEVEL_SECONDS`` between two looks at it.
        namespace: ``METRICS_NAMESPACE`` in CloudWatch. Empty: nothing is counted for it.
        metrics_seconds: ``METRICS_SECONDS`` that are counted together.
        metrics_port: ``METRICS_PORT`` on which Prometheus reads metrics, another one than the service's. 0: none.
        metrics_host: ``HOST``, the address that port is on.
        traces_to: ``OTEL_EXPORTER_OTLP_ENDPOINT``. Empty: nothing is traced. How many are is OpenTelemetry's own
            ``OTEL_TRACES_SAMPLER`` and ``OTEL_TRACES_SAMPLER_ARG``.
    """

    service: str = "app"
    version: str = "unknown"
    environment: str = "local"
    level: str = "info"
    level_parameter: str = ""
    level_seconds: float = 30.0
    namespace: str = ""
    metrics_seconds: float = 10.0
    metrics_port: int = 0
    metrics_host: str = "0.0.0.0"  # noqa: S104  a container has its own network
    traces_to: str = ""

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Return the settings.

        Raises:
            SettingsError: a variable has no allowed value.
        """
        return cls(
            service=environment.get("OTEL_SERVICE_NAME", cls.service),
            version=environment.get("APP_VERSION", cls.version),
            environment=environment.get("ENVIRONMENT", cls.environment),
            level=_level(environment.get("LOG_LEVEL", cls.level)),
            level_parameter=environment.get("LOG_LEVEL_PARAMETER", ""),
            level_seconds=_seconds(environment, "LOG_LEVEL_SECONDS", cls.level_seconds),
            namespace=environment.get("METRICS_NAMESPACE", ""),
            metrics_seconds=_seconds(environment, "METRICS_SECONDS", cls.metrics_seconds),
            metrics_port=_port(environment, "METRICS_PORT"),
            metrics_host=environment.get("HOST", cls.metrics_host),
            traces_to=environment.get("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
        )


def _level(text: str) -> str:
    if text.lower() not in LEVELS:
        raise SettingsError(f"LOG_LEVEL is {text!r}; allowed are {', '.join(LEVELS)}")
    return text.lower()


def _port(environment: Mapping[str, str], name: str) -> int:
    text = environment.get(name) or "0"
    if not text.isdecimal() or int(text) > HIGHEST_PORT or text == environment.get("PORT"):
        raise SettingsError(f"{name} is {text!r}; a port to {HIGHEST_PORT} that is not PORT is allowed, 0 for none")
    return int(text)


def _seconds(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name, "")
    try:
        number = float(text or default)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise SettingsError(f"{name} is {text!r}; a number above 0 is allowed")
    return number
