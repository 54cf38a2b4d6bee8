"""A local cloud within the test process: the real API server, overlay and edge process."""

import importlib
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import requests

from rehearsal import scratch
from rehearsal.clock import Clock
from rehearsal.control.overlay import import_hooks
from rehearsal.control.server import Server
from rehearsal.world import World
from tests.unit.rehearsal.shared_account import prepare_account

REGION = "eu-central-1"


class Cloud:
    """Control plane with some movers."""

    def __init__(self, directory, movers=("edge",), scale=60.0):
        for name in ("control", *movers):
            import_hooks(f"rehearsal.{name}")
        self.world = World(Path(directory), Clock(scale))
        prepare_account(self.world)
        self.server = Server(self.world)
        self.server.start()
        for name in movers:
            mover = importlib.import_module(f"rehearsal.{name}").create(self.world)
            self.world.movers[mover.name] = mover
            mover.start()
        self.ca = Path(directory) / "ca.pem"
        self.ca.write_text(self.world.authority.root_pem)

    def stop(self):
        for mover in reversed(self.world.movers.values()):
            mover.stop()
        self.world.end_children()
        self.server.stop()
        scratch.remove_leftovers(self.world.state_dir)

    def client(self, service):
        return self.world.boto(service, REGION)

    def http(self, source=""):
        """A client of the load balancers, outside of the VPC or with an address inside."""
        session = requests.Session()
        session.trust_env = False
        proxy = self.world.store["edge.proxy"].replace("http://", f"http://{source}@" if source else "http://")
        session.proxies = {"http": proxy, "https": proxy}
        session.verify = str(self.ca)
        return session


class Network:
    """A VPC with two public subnets, and security groups of a load balancer and of its targets."""

    def __init__(self, cloud):
        self.cloud, self.ec2 = cloud, cloud.client("ec2")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [self._subnet(f"10.0.{n}.0/24", f"{REGION}{zone}") for n, zone in enumerate("ab")]
        self.front, self.back = self.group("front"), self.group("back")
        self.admit(self.front, "0.0.0.0/0", 1, 65535)
        pair = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 65535, "UserIdGroupPairs": [{"GroupId": self.front}]}
        self.ec2.authorize_security_group_ingress(GroupId=self.back, IpPermissions=[pair])

    def _subnet(self, block, zone):
        made = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=block, AvailabilityZone=zone)
        return made["Subnet"]["SubnetId"]

    def group(self, name):
        name = f"{name}-{self.vpc}"
        return self.ec2.create_security_group(GroupName=name, Description="x", VpcId=self.vpc)["GroupId"]

    def admit(self, group, block, low, high):
        rule = {"IpProtocol": "tcp", "FromPort": low, "ToPort": high, "IpRanges": [{"CidrIp": block}]}
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])

    def interface(self, groups=None):
        """Return the private address of a new interface."""
        made = self.ec2.create_network_interface(SubnetId=self.subnets[0], Groups=groups or [self.back])
        return made["NetworkInterface"]["PrivateIpAddress"]


class Balancer:
    """A load balancer with the calls that tests make."""

    def __init__(self, network, name="alb", **more):
        self.network, self.elb = network, network.cloud.client("elbv2")
        settings = {"Subnets": network.subnets, "SecurityGroups": [network.front], **more}
        made = self.elb.create_load_balancer(Name=name, **settings)["LoadBalancers"][0]
        self.arn, self.dns = made["LoadBalancerArn"], made["DNSName"]

    def listener(self, port, action, **more):
        settings = {"Protocol": "HTTP", **more}
        made = self.elb.create_listener(LoadBalancerArn=self.arn, Port=port, DefaultActions=[action], **settings)
        return made["Listeners"][0]["ListenerArn"]

    def group(self, name, **more):
        settings = {
            "Protocol": "HTTP",
            "Port": 8080,
            "VpcId": self.network.vpc,
            "TargetType": "ip",
            "HealthCheckIntervalSeconds": 5,
            "HealthCheckTimeoutSeconds": 2,
            "HealthyThresholdCount": 2,
            **more,
        }
        return self.elb.create_target_group(Name=name, **settings)["TargetGroups"][0]["TargetGroupArn"]

    def health(self, group):
        shown = self.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        return {item["Target"]["Id"]: item["TargetHealth"] for item in shown}

    def await_health(self, group, state, seconds=8):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            shown = self.health(group)
            if shown and all(one["State"] == state for one in shown.values()):
                return
            time.sleep(0.05)
        raise AssertionError(f"not {state} after {seconds} s: {shown}")


def fixed(text, status="200"):
    config = {"StatusCode": status, "ContentType": "text/plain", "MessageBody": text}
    return {"Type": "fixed-response", "FixedResponseConfig": config}


def forward(*groups, sticky=None):
    config = {"TargetGroups": [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in groups]}
    if sticky:
        config["TargetGroupStickinessConfig"] = {"Enabled": True, "DurationSeconds": sticky}
    return {"Type": "forward", "ForwardConfig": config}


class Target:
    """An HTTP server on the address that stands for an interface."""

    def __init__(self, network, text, port=8080, groups=None, health=200):
        self.text, self.health, self.seen, self.delay = text, health, [], 0.0
        self.id, self.port = network.interface(groups), port
        address = network.cloud.world.address(f"{network.vpc}/{self.id}")
        self.server = ThreadingHTTPServer((address, port), self._handler())
        self.server.daemon_threads = True
        Thread(target=self.server.serve_forever, daemon=True).start()

    def _handler(target):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if self.path == "/":
                    return self._send(target.health, "checked")
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                target.seen.append((self.command, self.path, dict(self.headers), body))
                time.sleep(target.delay)
                status = int(self.path.removeprefix("/status/")) if self.path.startswith("/status/") else 200
                self._send(status, target.text)

            do_POST = do_PUT = do_DELETE = do_GET

            def do_HEAD(self):
                self._send(200, target.text, body=False)

            def _send(self, status, text, body=True):
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.send_header("X-From", target.text)
                self.end_headers()
                if body:
                    self.wfile.write(text.encode())

            def log_message(self, *args):
                pass

        return Handler

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
