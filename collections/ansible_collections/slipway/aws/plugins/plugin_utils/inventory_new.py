"""A new environment or service: answers are checked, and the inventory's files are written as people write them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ansible.module_utils.common.yaml import yaml_load

NAME = re.compile(r"[a-z][a-z0-9-]{0,18}[a-z0-9]")
DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
#: The group of services in hosts.yml, by its indentation.
_SERVICES = re.compile(r"(?m)^( +)services:\n +hosts:\n")
#: Priorities of rules are this far apart, so that one can be put between.
APART = 10
#: Prefix lengths of a VPC, by AWS: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
SMALLEST, LARGEST = 28, 16


@dataclass(frozen=True)
class Answers:
    """What was answered.

    Attributes:
        name: of the new environment or service.
        like: the environment or service that is copied.
        domain: of a new environment; cidr: its addresses; port: of a new service.
    """

    name: str
    like: str
    domain: str = ""
    cidr: str = ""
    port: str = ""


class Inventories:
    """The inventories of a project.

    Args:
        root: of the project.
        environments: their names.
    """

    def __init__(self, root: Path, environments: list[str]) -> None:
        self.root = root
        self.environments = environments

    def group_file(self, environment: str, name: str) -> Path:
        """Return the path of an environment's own variables."""
        return self.root / "inventories" / environment / "group_vars" / environment / f"{name}.yml"

    def variables(self, environment: str) -> dict[str, str]:
        """Return an environment's own variables."""
        found: dict[str, str] = yaml_load(self.group_file(environment, "main").read_text(encoding="utf-8"))
        return found

    def environment_problems(self, answers: Answers, taken: Container[str]) -> Iterator[str]:
        """Yield a sentence for each answer that cannot be."""
        yield from _name_problems(answers.name, [*self.environments], taken)
        others = {name: self.variables(name) for name in self.environments}
        domains = [one["dns_zone_name"] for one in others.values()]
        if not DOMAIN.fullmatch(answers.domain) or answers.domain in domains:
            yield f"new_domain is {answers.domain or 'not set'}; give one of its own, other than {', '.join(domains)}"
        yield from _network_problems(answers.cidr, {name: one["network_cidr"] for name, one in others.items()})

    def service_problems(self, answers: Answers, taken: Container[str]) -> Iterator[str]:
        """Yield a sentence for each answer that cannot be."""
        yield from _name_problems(answers.name, [], taken)
        if not answers.port.isdigit() or not 1 <= int(answers.port) <= 65535:  # noqa: PLR2004  a port
            yield f"new_port is {answers.port or 'not set'}; give the port that the container listens on, 1 to 65535"

    def new_environment(self, answers: Answers) -> dict[Path, str]:
        """Return the files of a new environment, and the shared list of environments with its name."""
        old, new = (self.root / "inventories" / name for name in (answers.like, answers.name))
        own, shared_by_all = f"group_vars/{answers.like}/", "group_vars/all/"
        names = [str(path.relative_to(old)) for path in sorted(old.rglob("*.yml"))]
        files = {
            new / name.replace(own, f"group_vars/{answers.name}/"): old / name
            for name in names
            if not name.startswith(shared_by_all)
        }
        texts = {path: source.read_text(encoding="utf-8") for path, source in files.items()}
        main, hosts = self.group_file(answers.name, "main"), new / "hosts.yml"
        texts[hosts] = re.sub(rf"(?m)^(\s+){re.escape(answers.like)}:$", rf"\1{answers.name}:", texts[hosts])
        values = {"env_name": answers.name, "dns_zone_name": answers.domain, "network_cidr": answers.cidr}
        for name, value in values.items():
            texts[main] = re.sub(rf"(?m)^{name}: .*$", f"{name}: {value}", texts[main])
        shared = self.root / "group_vars" / "all" / "main.yml"
        listed = ", ".join([*self.environments, answers.name])
        text = shared.read_text(encoding="utf-8")
        return {**texts, shared: re.sub(r"(?m)^environments: \[.*\]$", f"environments: [{listed}]", text)}

    def new_service(self, answers: Answers) -> dict[Path, str]:
        """Return the files that change when a service is added, in every environment."""
        files: dict[Path, str] = {}
        for environment in self.environments:
            place = self.root / "inventories" / environment
            listed = self.group_file(environment, "services")
            services = yaml_load(listed.read_text(encoding="utf-8"))["environment_services"]
            priority = max((one["priority"] for one in services.values()), default=0) + APART
            files[listed] = _appended(listed, f"  {answers.name}:\n    priority: {priority}\n")
            releases = self.group_file(environment, "releases")
            files[releases] = _appended(releases, f"  {answers.name}:\n    image_tag: 1.0.0\n")
            hosts = place / "hosts.yml"
            files[hosts] = _SERVICES.sub(rf"\g<0>\1    {answers.name}:\n", hosts.read_text(encoding="utf-8"))
            like = (place / "host_vars" / f"{answers.like}.yml").read_text(encoding="utf-8")
            files[place / "host_vars" / f"{answers.name}.yml"] = _service(like, answers)
        return files


def _service(text: str, answers: Answers) -> str:
    text = re.sub(r"\A---\n(#.*\n)*", f"---\n# Like {answers.like}; change what differs.\n", text)
    own = {"service_domain": f'"{answers.name}.{{{{ dns_zone_name }}}}"', "service_port": answers.port}
    for name, value in own.items():
        text = re.sub(rf"(?m)^{name}: .*$", f"{name}: {value}", text)
    return text


def _appended(path: Path, lines: str) -> str:
    return path.read_text(encoding="utf-8").rstrip("\n") + "\n" + lines


def _name_problems(name: str, environments: list[str], taken: Container[str]) -> Iterator[str]:
    if not NAME.fullmatch(name):
        yield f"new_name is {name or 'not set'}; give 2 to 20 lower-case letters, digits and hyphens, a letter first"
    elif name in environments or name in taken:
        yield f"new_name is {name}, which an environment, a group, a host or a role is called already"


def _network_problems(cidr: str, others: Mapping[str, str]) -> Iterator[str]:
    try:
        network = ipaddress.IPv4Network(cidr)
    except ValueError as error:
        yield f"new_cidr is {cidr or 'not set'}, which is no IPv4 network: {error}; give one such as 10.40.0.0/16"
        return
    if not network.is_private or not LARGEST <= network.prefixlen <= SMALLEST:
        yield f"new_cidr is {cidr}; give a private network with a prefix of /{LARGEST} to /{SMALLEST}"
    for name, other in others.items():
        if network.overlaps(ipaddress.IPv4Network(other)):
            yield f"new_cidr is {cidr}, which overlaps {other} of {name}; with one of its own both can be connected"
