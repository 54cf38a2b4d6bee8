"""What a variable may be beyond its type: ranges and patterns, as data. Pure; no call needs what is refused here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

#: CloudWatch Logs keeps for these many days.
#: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
LOG_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827),
    *(2192, 2557, 2922, 3288, 3653),
)
#: What an output of another component begins with, which is known later.
REFERENCE = "${"


@dataclass(frozen=True)
class Limit:
    """What values are taken, and how that is said after ``allowed are``. A list's is that of each of its elements."""

    fits: Callable[[Any], bool]
    allowed: str


def between(least: int, most: int) -> Limit:
    """Take numbers of a range, both ends included, also as text, which ``-e`` gives."""
    return Limit(lambda value: (number := _number(value)) is not None and least <= number <= most, f"{least} to {most}")


def from_on(least: int) -> Limit:
    """Take numbers from one on."""
    return Limit(lambda value: (number := _number(value)) is not None and number >= least, f"{least} and more")


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def one_of(*values: int) -> Limit:
    """Take these numbers."""
    return Limit(lambda value: value in values, ", ".join(map(str, values)))


def like(pattern: str, allowed: str) -> Limit:
    """Take text of a pattern."""
    return Limit(lambda value: re.fullmatch(pattern, str(value), re.ASCII) is not None, allowed)


def _is_network(value: Any) -> bool:
    try:
        return "/" in str(value) and bool(ip_network(str(value)))
    except ValueError:
        return False


NETWORKS = Limit(_is_network, "networks such as 10.0.0.0/16, with no bit set behind the mask")
PORT, COUNT, SOME = between(1, 65535), from_on(0), from_on(1)
RDS_PORT, PERCENT = between(1150, 65535), between(0, 100)
LOG_PERIOD = one_of(*LOG_DAYS)
RECOVERY = Limit(lambda days: days == 0 or 7 <= days <= 30, "0, for none, and 7 to 30")  # noqa: PLR2004  days
DOMAIN = like(
    r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])",
    "names such as shop.example.com, in small letters",
)
EMAIL = like(r"[^@\s]+@[^@\s]+\.[^@\s.]+", "addresses such as ops@example.com")
DIGEST = like(r"sha256:[0-9a-f]{64}", "sha256: and 64 of 0-9 and a-f")
#: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
TAG = like(r"\w[\w.-]{0,127}", "1 to 128 of letters, digits, _, . and -, none of the last two first")
ACCOUNT = like(r"\d{12}", "the twelve digits of an account, in quotes")
CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
DAY = "(mon|tue|wed|thu|fri|sat|sun)"

#: The limits of variables of roles, by name; which role has one stands in its argument spec.
LIMITS: dict[str, Limit] = {
    "alarms_certificate_days": COUNT,
    "alarms_cpu": PERCENT,
    "alarms_database_cpu": PERCENT,
    "alarms_error_share": PERCENT,
    "alarms_memory": PERCENT,
    "api_gateway_burst_limit": COUNT,
    "api_gateway_key_recovery_days": RECOVERY,
    "api_gateway_log_retention_days": LOG_PERIOD,
    "api_gateway_rate_limit": COUNT,
    "budget_emails": EMAIL,
    "budget_monthly_limit": COUNT,
    "cluster_base_capacity": between(0, 100_000),
    "cluster_exec_log_retention_days": LOG_PERIOD,
    "database_access_connection_limit": SOME,
    "database_access_log_retention_days": LOG_PERIOD,
    "database_access_recovery_days": RECOVERY,
    "database_access_timeout": SOME,
    "database_allocated_storage_gib": between(20, 65_536),
    "database_backup_copy_retention_days": between(1, 35),
    "database_backup_retention_days": between(0, 35),
    "database_backup_window": like(f"{CLOCK}-{CLOCK}", "windows such as 02:00-02:30"),
    "database_change_snapshots_kept": between(1, 100),
    "database_instance_class": like(r"db\.[a-z0-9-]+\.[a-z0-9]+", "classes such as db.t4g.medium"),
    "database_log_min_duration_ms": from_on(-1),
    "database_log_retention_days": LOG_PERIOD,
    "database_maintenance_window": like(f"{DAY}:{CLOCK}-{DAY}:{CLOCK}", "windows such as sun:03:30-sun:04:30"),
    "database_max_allocated_storage_gib": between(0, 65_536),
    "database_port": RDS_PORT,
    "dns_query_log_retention_days": LOG_PERIOD,
    "dns_zone_name": DOMAIN,
    "firewall_allow_cidrs": NETWORKS,
    "firewall_deny_cidrs": NETWORKS,
    "firewall_log_retention_days": LOG_PERIOD,
    "firewall_rate_limit": between(10, 2_000_000_000),
    "guardrails_log_retention_days": LOG_PERIOD,
    "guardrails_retention_days": SOME,
    "keys_pending_window_days": between(7, 30),
    "keys_rotation_period_days": between(90, 2560),
    "load_balancer_client_keep_alive": between(60, 604_800),
    "load_balancer_idle_timeout": between(1, 4000),
    "load_balancer_test_port": PORT,
    "log_storage_archive_after_days": from_on(30),
    "log_storage_retention_days": SOME,
    "network_flow_log_retention_days": one_of(0, *LOG_DAYS),
    "network_database_port": RDS_PORT,
    "network_internal_ports": PORT,
    "network_public_cidrs": NETWORKS,
    "network_service_ports": PORT,
    "network_services_egress_cidrs": NETWORKS,
    "network_test_cidrs": NETWORKS,
    "network_test_port": PORT,
    "notifications_delivery_log_retention_days": LOG_PERIOD,
    "notifications_emails": EMAIL,
    "notifications_https_endpoints": like(r"https://[^\s/]+\S*", "addresses that begin with https://"),
    "prometheus_digest": DIGEST,
    "prometheus_grafana_digest": DIGEST,
    "prometheus_grafana_port": PORT,
    "prometheus_log_retention_days": LOG_PERIOD,
    "prometheus_recovery_days": RECOVERY,
    "registry_keep_tagged_images": SOME,
    "registry_pull_accounts": ACCOUNT,
    "registry_untagged_image_days": SOME,
    "release_bake_minutes": COUNT,
    "release_extend_minutes": COUNT,
    "release_gate_minutes": COUNT,
    "release_latency_objective": COUNT,
    "release_scan_minutes": COUNT,
    "secrets_recovery_days": RECOVERY,
    "service_collector_digest": DIGEST,
    "service_deregistration_delay": between(0, 3600),
    "service_desired_count": between(0, 5000),
    "service_domain": DOMAIN,
    "service_ephemeral_storage": Limit(
        lambda gib: gib == 0 or 21 <= gib <= 200,  # noqa: PLR2004  GiB
        "0, for the 20 that are free, and 21 to 200",
    ),
    "service_health_check_grace_period": COUNT,
    "service_health_check_interval": between(5, 300),
    "service_health_check_timeout": between(2, 120),
    "service_healthy_threshold": between(2, 10),
    "service_log_retention_days": LOG_PERIOD,
    "service_maximum_percent": from_on(100),
    "service_metrics_port": between(0, 65535),
    "service_minimum_healthy_percent": PERCENT,
    "service_port": PORT,
    "service_stop_timeout": between(2, 120),
    "service_unhealthy_threshold": between(2, 10),
    "state_noncurrent_version_days": SOME,
    "verify_concurrency": SOME,
    "verify_repeat": SOME,
}
#: Of variables that no role has, by name.
COMMON: dict[str, Limit] = {
    "change_snapshots_kept": between(1, 100),
    "env_name": like(r"[a-z][a-z0-9-]{0,18}[a-z0-9]", "2 to 20 of a-z, 0-9 and -, a letter first"),
    "preview_limit": between(1, 50),
    "project": like(r"[a-z][a-z0-9-]{0,18}[a-z0-9]", "2 to 20 of a-z, 0-9 and -, a letter first"),
}
#: Of what is given on the command line or in a survey, and of entries of ``releases``.
INPUTS: dict[str, Limit] = {"image_tag": TAG}
VERSION: dict[str, Limit] = {"image_tag": TAG, "digest": DIGEST}


def limit_problems(host: str, given: Mapping[str, Any], limits: Mapping[str, Limit]) -> Iterator[str]:
    """Yield a sentence for each value that is outside of its limit.

    Args:
        host: whose values they are; empty for the environment's.
        given: values by name, of the types that specs ask for; those without a limit are passed over.
        limits: by name.
    """
    where = f"{host}: " if host else ""
    for name in sorted(set(given) & set(limits)):
        for called, value in _parts(name, given[name]):
            if not str(value).startswith(REFERENCE) and not limits[name].fits(value):
                yield f"{where}{called} is {value!r}; allowed are {limits[name].allowed}"


def _parts(name: str, value: Any) -> list[tuple[str, Any]]:
    """Return what is held against a limit, with its name: each element of a list, nothing of what is not set."""
    if isinstance(value, list):
        return [(f"{name}[{place}]", one) for place, one in enumerate(value)]
    return [] if value is None or value == "" else [(name, value)]
