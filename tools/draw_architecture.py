"""Draws docs/architecture.svg from the lists below: what stands on AWS, which role makes it, and its stand-ins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 1000, 634
STYLE = """
  text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; } .role { font-size: 11px; fill: #59636e; }
  .box { fill: #ffffff; stroke: #8c959f; } .frame { fill: none; stroke: #8c959f; stroke-dasharray: 5 4; }
  .blue { fill: #ddf4ff; stroke: #54aeff; } .green { fill: #dafbe1; stroke: #4ac26b; } .page { fill: #f6f8fa; }
  .arrow { stroke: #59636e; stroke-width: 1.5; fill: none; marker-end: url(#tip); } .tip { fill: #59636e; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .role { fill: #9198a1; } .page { fill: #151b23; }
    .box { fill: #0d1117; stroke: #656c76; } .frame { stroke: #656c76; }
    .blue { fill: #0c2d6b; stroke: #388bfd; } .green { fill: #033a16; stroke: #2ea043; }
    .arrow { stroke: #9198a1; } .tip { fill: #9198a1; }
  }
"""


@dataclass(frozen=True)
class Box:
    """One part.

    Attributes:
        x, y, width, height: pixels.
        title: what AWS calls it.
        role: which role makes it, or what it does.
        kind: a class of STYLE.
    """

    x: int
    y: int
    width: int
    height: int
    title: str
    role: str = ""
    kind: str = "box"


FRAMES = (
    Box(20, 96, 660, 372, "VPC", "network"),
    Box(700, 96, 280, 372, "around it"),
    Box(20, 490, 960, 124, "rehearsed on one machine", "the same playbooks, AWS_ENDPOINT_URL set"),
)
#: Their titles stand at the right, where no arrow passes.
LANES = (
    Box(40, 142, 620, 82, "public subnets"),
    Box(40, 240, 620, 106, "private subnets, ECS Fargate", "cluster"),
    Box(40, 362, 620, 86, "database subnets"),
)
BOXES = (
    Box(20, 20, 110, 52, "users", "HTTPS"),
    Box(170, 20, 110, 52, "Route 53", "dns"),
    Box(320, 20, 110, 52, "WAF", "firewall"),
    Box(245, 164, 260, 50, "load balancer, TLS 1.3", "load_balancer, certificate"),
    Box(520, 168, 124, 46, "NAT gateways", "network"),
    Box(60, 270, 150, 62, "web, blue", "service", "blue"),
    Box(230, 270, 150, 62, "web, green", "service", "green"),
    Box(400, 270, 244, 62, "one-shot tasks", "service: migrations; database_access"),
    Box(60, 388, 280, 50, "RDS PostgreSQL", "database"),
    Box(360, 388, 284, 50, "managed password, TLS enforced", "database, keys"),
    Box(716, 130, 248, 50, "ECR, immutable images", "registry"),
    Box(716, 186, 248, 50, "Secrets Manager, KMS keys", "secrets, keys"),
    Box(716, 242, 248, 50, "CloudWatch alarms", "alarms"),
    Box(716, 298, 248, 50, "SNS topic", "notifications"),
    Box(716, 354, 248, 50, "log buckets, log groups", "log_storage, service"),
    Box(716, 410, 248, 50, "state bucket, lease table", "state"),
    Box(40, 524, 172, 74, "AWS's API", "moto, made strict: rehearsal/control"),
    Box(226, 524, 172, 74, "load balancer", "real HTTPS requests: rehearsal/edge"),
    Box(412, 524, 172, 74, "tasks", "real processes: rehearsal/tasks"),
    Box(598, 524, 172, 74, "databases", "real PostgreSQL: rehearsal/databases"),
    Box(784, 524, 176, 74, "metrics, alarms", "collected, evaluated: rehearsal/metrics"),
)
#: From point to point.
ARROWS = (
    ((130, 46), (170, 46)),
    ((280, 46), (320, 46)),
    ((375, 72), (375, 164)),
    ((330, 214), (135, 270)),
    ((375, 214), (305, 270)),
    ((135, 332), (170, 388)),
    ((305, 332), (230, 388)),
    ((440, 332), (300, 388)),
)


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines that fit ``width`` pixels, at 6 pixels a letter."""
    lines = [""]
    for word in text.split():
        if lines[-1] and (len(lines[-1]) + 1 + len(word)) * 6 > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def frame(box: Box, anchor: str = "start") -> Iterator[str]:
    """Draw a frame with its title inside at the top, at the left or, for ``end``, at the right."""
    x = box.x + 12 if anchor == "start" else box.x + box.width - 16
    yield f'<rect class="frame" x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="8"/>'
    role = f' <tspan class="role">{escape(box.role)}</tspan>' if box.role else ""
    yield (
        f'<text x="{x}" y="{box.y + 19}" text-anchor="{anchor}">'
        f'<tspan class="title">{escape(box.title)}</tspan>{role}</text>'
    )


def part(box: Box) -> Iterator[str]:
    """Draw a box with its title and role in the middle."""
    yield (
        f'<rect class="{box.kind}" x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="6"'
        ' stroke-width="1"/>'
    )
    lines = [("title", box.title), *(("role", line) for line in wrap(box.role, box.width - 16) if line)]
    top = box.y + box.height / 2 - 8 * (len(lines) - 1) + 4
    for number, (kind, text) in enumerate(lines):
        place = f'x="{box.x + box.width / 2:g}" y="{top + 16 * number:g}"'
        yield f'<text class="{kind}" {place} text-anchor="middle">{escape(text)}</text>'


def arrow(points: Iterable[tuple[int, int]]) -> str:
    """Draw an arrow through points."""
    return f'<path class="arrow" d="M{" L".join(f"{x} {y}" for x, y in points)}"/>'


def picture() -> str:
    """Return the whole picture as SVG, for light and dark pages."""
    drawn = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
            ' role="img" aria-label="Architecture of Slipway on AWS and on one machine">'
        ),
        f"<style>{STYLE}</style>",
        (
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
            '<path class="tip" d="M0 0 L8 4 L0 8 z"/></marker></defs>'
        ),
        f'<rect class="page" width="{WIDTH}" height="{HEIGHT}" rx="10"/>',
        *(line for box in FRAMES for line in frame(box)),
        *(line for box in LANES for line in frame(box, "end")),
        *(line for box in BOXES for line in part(box)),
        *(arrow(points) for points in ARROWS),
        "</svg>",
    ]
    return "\n".join(drawn) + "\n"
