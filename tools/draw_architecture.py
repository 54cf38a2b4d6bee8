"""Draw docs/architecture.svg: an environment, which role makes each part, and what stands in for it locally."""

from __future__ import annotations

from tools.drawing import Box, Drawing

WIDTH, HEIGHT = 1000, 902
#: Left half: the platform; right half: the local cloud, each part beside what it stands in for.
LEFT, RIGHT = 16.0, 716.0
PLATFORM, LOCAL = 676.0, 268.0

#: What lies around the boxes; drawn first.
BANDS = (
    Box(LEFT, 134, PLATFORM, 424, "VPC over 2 to 4 zones", kind="band"),
    Box(LEFT + 12, 158, PLATFORM - 24, 92, "public subnets", kind="band"),
    Box(LEFT + 12, 260, PLATFORM - 24, 190, "private subnets", kind="band"),
    Box(LEFT + 12, 460, PLATFORM - 24, 88, "database subnets, no way out", kind="band"),
    Box(LEFT, 568, PLATFORM, 318, "Of the region", kind="band"),
)
USERS = Box(LEFT, 52, 104, 66, "Users", ("and the tests",), "verify", "ours")
ZONE = Box(154, 52, 150, 66, "Route 53 zone", ("a name a service",), "dns")
ACL = Box(338, 52, 186, 66, "WAF web ACL", ("AWS's rules, rate limit",), "firewall")
CERTIFICATE = Box(540, 52, 152, 66, "ACM certificate", ("proved by DNS",), "certificate")
NAT = Box(40, 180, 262, 60, "NAT gateways", ("none, one, or one a zone",), "network")
BALANCER = Box(
    338, 180, 330, 60, "Application load balancer", ("80 redirects, 443 serves, 8443 tests",), "load_balancer"
)
CLUSTER = Box(40, 282, 262, 60, "ECS cluster", ("Fargate and Fargate Spot",), "cluster")
ENDPOINTS = Box(
    40,
    364,
    262,
    76,
    "VPC endpoints",
    ("S3, DynamoDB, ECR, logs, secrets, ...", "security groups, flow logs"),
    "network",
)
BLUE = Box(338, 282, 156, 60, "Target group blue", ("weight 999",), "release")
GREEN = Box(512, 282, 156, 60, "Target group green", ("weight 0",), "release")
TASKS_BLUE = Box(338, 364, 156, 76, "ECS service blue", ("the stable revision,", "a collector of traces"), "service")
TASKS_GREEN = Box(512, 364, 156, 76, "ECS service green", ("the next one's place",), "service")
DATABASE = Box(338, 480, 330, 60, "RDS PostgreSQL", ("encrypted, TLS only, standby in staging and prod",), "database")
ACCESS = Box(40, 480, 150, 60, "Schema, secret", ("of every service",), "database_access")
DRILL = Box(198, 480, 124, 60, "Restore drill", ("made, removed",), "restore_drill")
REGION = (
    Box(28, 594, 150, 60, "KMS keys", ("data, logs, topics",), "keys"),
    Box(195, 594, 150, 60, "Secrets Manager", ("made once, or yours",), "secrets"),
    Box(362, 594, 150, 60, "ECR", ("a repository a service",), "registry"),
    Box(529, 594, 150, 60, "S3 buckets", ("access logs, archive",), "log_storage"),
    Box(28, 666, 119, 60, "Lease table", ("one run at a time",), "state"),
    Box(161, 666, 119, 60, "Parameters", ("what others read",), "most roles"),
    Box(294, 666, 119, 60, "Alarms", ("a page a cause",), "alarms"),
    Box(427, 666, 119, 60, "Dashboards", ("queries, traces",), "dashboards"),
    Box(560, 666, 119, 60, "SNS topic", ("tells people",), "notifications"),
    Box(28, 738, 97, 64, "Guardrails", ("calls, findings",), "guardrails"),
    Box(134, 738, 98, 64, "Backups", ("locked, copied",), "backup"),
    Box(241, 738, 102, 64, "Experiments", ("made, removed",), "chaos"),
    Box(352, 738, 106, 64, "Auto scaling", ("follows the load",), "autoscaling"),
    Box(467, 738, 97, 64, "Prometheus", ("optional",), "prometheus"),
    Box(573, 738, 106, 64, "Flags", ("optional",), "feature_flags"),
    Box(28, 812, 66, 64, "Budget", ("limits",), "budget"),
    Box(103, 812, 54, 64, "Bill", ("offline",), "bill"),
    Box(166, 812, 93, 64, "HTTP API", ("optional",), "api_gateway"),
    Box(268, 812, 119, 64, "Calls by name", ("optional",), "service_connect"),
    Box(396, 812, 99, 64, "Write lease", ("third region",), "write_lease"),
    Box(504, 812, 81, 64, "Failover", ("and back",), "failover"),
    Box(594, 812, 85, 64, "Deployer", ("its rights",), "deployer"),
)
STANDS_IN = (
    Box(
        RIGHT, 52, LOCAL, 82, "Names and TLS",
        ("a forward proxy that follows the records,", "certificates signed by a root of its own"),
        "rehearsal/edge", "local",
    ),
    Box(
        RIGHT, 158, LOCAL, 112, "Load balancer",
        (
            "one asyncio process: rules, weights,",
            "stickiness, health checks, draining;",
            "security groups decide who gets in;",
            "web ACLs block script and SQL",
        ),
        "rehearsal/edge", "local",
    ),
    Box(
        RIGHT, 294, LOCAL, 142, "Tasks",
        (
            "each container is a process here, with",
            "its own address, variables and secrets;",
            "pulls, roles, keys and endpoints are",
            "checked as Fargate checks them;",
            "rolling deployments, circuit breaker",
        ),
        "rehearsal/tasks", "local",
    ),
    Box(
        RIGHT, 460, LOCAL, 97, "Databases",
        (
            "a PostgreSQL server for each instance,",
            "behind TLS and its security groups;",
            "snapshots, restarts, rotation",
        ),
        "rehearsal/databases", "local",
    ),
    Box(
        RIGHT, 581, LOCAL, 97, "Everything else of the API",
        (
            "moto, made stricter: it refuses what AWS",
            "refuses and keeps what moto forgets;",
            "nothing of it acts by itself",
        ),
        "rehearsal/control", "local",
    ),
    Box(
        RIGHT, 702, LOCAL, 94, "Metrics",
        ("requests, tasks and databases are", "measured; alarms are evaluated and", "tell topics, which tell queues"),
        "rehearsal/metrics", "local",
    ),
)  # fmt: skip
PLATFORM_BOXES = (
    USERS, ZONE, ACL, CERTIFICATE, NAT, BALANCER, CLUSTER, ENDPOINTS, BLUE, GREEN,
    TASKS_BLUE, TASKS_GREEN, DATABASE, ACCESS, DRILL, *REGION,
)  # fmt: skip
#: What stands in for what: from the right edge of the platform to a box of the local cloud.
BESIDE = tuple(zip((85.0, 210.0, 365.0, 508.0, 629.0, 713.0), STANDS_IN, strict=True))


def bottom(box: Box, share: float = 0.5) -> tuple[float, float]:
    """Return a point of a box's lower edge."""
    return box.x + box.width * share, box.y + box.height


def top(box: Box, share: float = 0.5) -> tuple[float, float]:
    """Return a point of a box's upper edge."""
    return box.x + box.width * share, box.y


def between(left: Box, right: Box) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the ends of a level line from one box to the one at its right."""
    y = left.y + left.height / 2
    return (left.x + left.width, y), (right.x, y)


def drawn() -> Drawing:
    """Return the picture."""
    picture = Drawing(
        WIDTH,
        HEIGHT,
        "Architecture of Slipway",
        "Users reach Route 53, WAF and the load balancer, which forwards to ECS services in private subnets, which use"
        " PostgreSQL. Beside each part stands what takes its place in the local cloud.",
        "tools/draw_architecture.py",
    )
    picture.label(LEFT, 34, "On AWS, with the role that makes each part", "h")
    picture.label(RIGHT, 34, "In the local cloud", "h")
    for box in (*BANDS, *PLATFORM_BOXES, *STANDS_IN):
        picture.box(box)
    picture.arrow(*between(USERS, ZONE))
    picture.arrow(*between(ZONE, ACL))
    picture.arrow(bottom(ACL), (bottom(ACL)[0], BALANCER.y))
    picture.arrow(bottom(CERTIFICATE), (bottom(CERTIFICATE)[0], BALANCER.y), dashed=True)
    for group, tasks in ((BLUE, TASKS_BLUE), (GREEN, TASKS_GREEN)):
        picture.arrow((top(group)[0], BALANCER.y + BALANCER.height), top(group))
        picture.arrow(bottom(group), top(tasks))
        picture.arrow(bottom(tasks), (bottom(tasks)[0], DATABASE.y))
    picture.arrow((ENDPOINTS.x + ENDPOINTS.width, 402), (TASKS_BLUE.x, 402), dashed=True)
    picture.arrow(*between(REGION[6], REGION[7]))
    for y, box in BESIDE:
        picture.arrow((LEFT + PLATFORM, y), (box.x, y), dashed=True, head=False)
    return picture


def architecture() -> str:
    """Return the picture as SVG."""
    return drawn().svg()
