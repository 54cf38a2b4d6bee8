"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: experiment
short_description: Keep the record of an A/B experiment, and say what came of it
version_added: 0.1.0
description:
  - Writes into the environment's table when an experiment began and how many requests it needs, counts what CloudWatch
    has of both variants' target groups since then, and compares.
  - The result is one of C(too_early), C(split_mismatch), C(no_difference), C(b_higher) and C(b_lower); see the filter
    C(ab_result).
options:
  operation:
    description:
      - C(check) says how many requests are needed and refuses a second experiment, C(start) puts it on record, C(look)
        says how it stands, and C(stop) keeps the result.
    type: str
    choices: [check, start, look, stop]
    required: true
  service:
    description: Name of the service.
    type: str
    required: true
  table:
    description: The environment's lease table, which holds the records too.
    type: str
    required: true
  experiment:
    description: Versions and target groups of both variants, load balancer, metric, objective, share and actor.
    type: dict
    default: {}
  rate:
    description: Share of A's requests that the metric counts at present, 0 to 1.
    type: float
    default: 0.0
  difference:
    description: Smallest difference that matters.
    type: float
    default: 0.0
attributes:
  check_mode:
    support: full
    description: Writes nothing.
extends_documentation_fragment: [slipway.aws.region, slipway.aws.outputs_path]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Say how it stands
  slipway.aws.experiment:
    operation: look
    service: web
    table: slipway-dev-leases
"""

RETURN = r"""
msg:
  description: A line for people.
  returned: always
  type: str
planned:
  description: Requests of both variants that are needed.
  returned: with C(check) and C(start)
  type: int
result:
  description: What the filter C(ab_result) found, with the C(counts) of both variants.
  returned: with C(look) and C(stop)
  type: dict
"""
