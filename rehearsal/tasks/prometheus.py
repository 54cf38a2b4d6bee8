"""What runs in place of Prometheus's and Grafana's shells: the container's own script, with this machine's program.

Paths and addresses are a machine's and not a container's, so ``DATA`` and ``LISTEN`` are others than declared. The DNS
of the VPC is not there, so Prometheus asks the local cloud. A program that this machine lacks is told of, and the files
of its container are read all the same.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import urllib.parse
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import yaml

from rehearsal.tasks.discovery import PLACE

GRAFANA = "exec /run.sh"
PORT = 9090


class ConfigurationError(Exception):
    """A file that the container gets is none that its program could read."""


def here(config: str, endpoint: str, region: str, address: str) -> str:
    """Return Prometheus's configuration with what this machine has in place of the VPC's DNS.

    Args:
        config: the text of ``prometheus.yml``.
        endpoint: of the local cloud.
        region: that it runs in.
        address: that stands for the task's network.
    """
    content: Any = yaml.safe_load(config)
    for job in content["scrape_configs"]:
        asked = job.pop("dns_sd_configs", [])
        if asked:
            job["http_sd_configs"] = [
                {"url": f"{endpoint}{PLACE}?{_query(one, region)}", "refresh_interval": "5s"} for one in asked
            ]
        for static in job.get("static_configs", []):
            static["targets"] = [target.replace("localhost:", f"{address}:") for target in static["targets"]]
    return yaml.safe_dump(content, sort_keys=False)


def _query(asked: Mapping[str, Any], region: str) -> str:
    (name,) = asked["names"]
    return urllib.parse.urlencode({"name": name, "port": asked["port"], "region": region})


def checked(variables: Mapping[str, str]) -> None:
    """Read every file that the container gets.

    Raises:
        ConfigurationError: one is neither YAML nor JSON; the message names it.
    """
    for name, text in variables.items():
        try:
            if name.endswith("_JSON"):
                json.loads(text)
            elif name.endswith("_YML"):
                yaml.safe_load(text)
        except (ValueError, yaml.YAMLError) as error:
            raise ConfigurationError(f"{name} cannot be read: {error}") from None


class _StandIn(BaseHTTPRequestHandler):
    """Answers the load balancer's health check, and tells people why there is nothing to see."""

    def do_GET(self) -> None:
        """Answer."""
        healthy = self.path == "/api/health"
        text = '{"database": "ok"}' if healthy else "this machine has no such program; its files can be read"
        self.send_response(200 if healthy else 503)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:
        """Keep quiet about health checks."""


def main() -> None:
    """Run the script, or stand in for what it would run."""
    script, address = sys.argv[-1], os.environ["HOST"]
    try:
        checked(os.environ)
    except ConfigurationError as error:
        sys.exit(f"Error: {error}")
    if GRAFANA in script:
        print("this machine has no Grafana: its files are looked at, and nothing is shown", flush=True)  # noqa: T201
        ThreadingHTTPServer((address, int(os.environ["GF_SERVER_HTTP_PORT"])), _StandIn).serve_forever()
    if not shutil.which("prometheus"):
        print("this machine has no prometheus (Debian's package has it): nothing is read", flush=True)  # noqa: T201
        ThreadingHTTPServer((address, PORT), _StandIn).serve_forever()
    endpoint, region = os.environ["AWS_ENDPOINT_URL"], os.environ["AWS_REGION"]
    config = here(os.environ["PROMETHEUS_YML"], endpoint, region, address)
    own = {"DATA": os.environ["REHEARSAL_STORAGE"], "LISTEN": f"{address}:{PORT}", "PROMETHEUS_YML": config}
    os.execve("/bin/sh", ["/bin/sh", "-c", script], {**os.environ, **own})  # noqa: S606


if __name__ == "__main__":
    main()
