"""A control plane within the test process: API server and overlay, no movers."""

import itertools
import os
from pathlib import Path

os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from rehearsal import scratch
from rehearsal.clock import Clock
from rehearsal.control.overlay import HOOKS, import_hooks
from rehearsal.control.server import Server
from rehearsal.supervisor import MOVERS
from rehearsal.world import World
from tests.unit.rehearsal.shared_account import prepare_account

REGION = "us-east-1"
NUMBERS, RANGES = itertools.count(1), itertools.count(1)
# What a client would refuse must reach the cloud.
RAW = Config(parameter_validation=False, retries={"total_max_attempts": 1})


def called(world, monkeypatch):
    """Have this process call a local cloud, whose time is its own."""
    settings = {
        "AWS_ENDPOINT_URL": world.endpoint,
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "SLIPWAY_TIME_SCALE": str(world.clock.scale),
    }
    for key, value in settings.items():
        monkeypatch.setenv(key, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)


class Cloud:
    """The local cloud's API, and what many tests need in it."""

    #: Packages whose hooks it has; those of others need movers that it lacks.
    packages = ("rehearsal.control",)

    def __init__(self, directory, scale=600.0):
        # All of them, so that none comes later.
        for package in ("control", *MOVERS):
            import_hooks(f"rehearsal.{package}")
        self.every = dict(vars(HOOKS))
        HOOKS.operations = {key: one for key, one in HOOKS.operations.items() if self.has(one)}
        HOOKS.before = {key: [one for one in hooks if self.has(one)] for key, hooks in HOOKS.before.items()}
        HOOKS.after = {key: [one for one in hooks if self.has(one)] for key, hooks in HOOKS.after.items()}
        self.world = World(Path(directory), Clock(scale))
        self.quotas = prepare_account(self.world)
        self.server = Server(self.world)
        self.server.start()
        self.session = boto3.session.Session("a", "b", region_name=REGION)
        self.clients = {}

    def __getattr__(self, service):
        if service not in self.clients:
            self.clients[service] = self.session.client(
                service.replace("_", "-"), endpoint_url=self.world.endpoint, config=RAW
            )
        return self.clients[service]

    def stop(self):
        self.server.stop()
        scratch.remove_leftovers(self.world.state_dir)
        vars(HOOKS).update(self.every)

    def has(self, hook):
        """Whether a hook is one of its packages."""
        return hook.__module__.startswith(self.packages)

    def vpc(self):
        """A VPC with a range of its own."""
        return self.ec2.create_vpc(CidrBlock=f"10.{next(RANGES)}.0.0/16")["Vpc"]

    def subnets(self, vpc):
        """A subnet in each of two zones."""
        start = vpc["CidrBlock"].removesuffix(".0.0/16")
        return [
            self.ec2.create_subnet(
                VpcId=vpc["VpcId"], CidrBlock=f"{start}.{n}.0/24", AvailabilityZone=f"{REGION}{zone}"
            )["Subnet"]["SubnetId"]
            for n, zone in enumerate("ab")
        ]

    def group(self, vpc, name="some"):
        return self.ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc["VpcId"])["GroupId"]

    def key(self):
        return self.kms.create_key()["KeyMetadata"]["Arn"]

    def balancer(self):
        name = f"lb-{next(NUMBERS)}"
        made = self.elbv2.create_load_balancer(Name=name, Subnets=self.subnets(self.vpc()))
        return made["LoadBalancers"][0]


def name(prefix="thing"):
    """A name nobody else has."""
    return f"{prefix}-{next(NUMBERS)}"


def refusal(call, **parameters):
    """The error code of a call that must be refused."""
    try:
        answer = call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    raise AssertionError(f"accepted: {answer}")


def differences(found, expected, where=""):
    """What of ``expected`` is not in ``found``; a list's items may stand in any order."""
    if isinstance(expected, dict):
        if not isinstance(found, dict):
            return [f"{where}: {found!r} is no dictionary"]
        return [
            text for key, value in expected.items() for text in differences(found.get(key), value, f"{where}.{key}")
        ]
    if isinstance(expected, list):
        rest = found or []
        lacking = [item for item in expected if not any(not differences(other, item) for other in rest)]
        return [f"{where}: {item!r} is not in {rest!r}" for item in lacking]
    return [] if found == expected else [f"{where}: {found!r} instead of {expected!r}"]
