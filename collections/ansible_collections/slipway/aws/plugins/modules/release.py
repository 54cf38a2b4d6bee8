"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: release
short_description: Release services by weights, judged by what users got
version_added: 0.1.0
description:
  - Moves the traffic of services to their newly registered revisions step by step. At each step there are tasks first
    and traffic then, and both versions are compared by the requests they got until there is a verdict.
  - Puts all traffic back on the stable version when the verdict, an alarm, unhealthy targets or an operator say so.
  - Keeps a journal in the environment's table, so that the next run goes on with what a killed one left, or takes it
    back.
options:
  services:
    description: Inventory hosts to release, in this order. When one fails, those before it go back too.
    type: list
    elements: str
    required: true
  release:
    description: Name of a variable that is evaluated for each service and holds what its release needs.
    type: str
    required: true
  fences:
    description:
      - Fencing numbers of the leases C(release/<service>), as M(slipway.aws.lease) returned them; none for a plan.
    type: dict
    default: {}
  table:
    description: The environment's table of leases, records and journals.
    type: str
    required: true
  reports:
    description: Directory to write reports to.
    type: path
    required: true
  operation:
    description:
      - With C(abort), what was left in the middle is rolled back.
      - With C(promote), what waits for an answer without a run is gone on with.
      - With C(rollback), the version before the stable one gets everything at once.
      - With C(plan), nothing is changed; the message says what a release would do.
      - With C(check), nothing is changed; it fails when a release may not begin.
      - With C(check_registered), nothing is changed; it fails when the latest revision may not follow the stable one.
      - With C(clean), what releases have left behind is removed, or told in check mode.
    type: str
    choices: [release, abort, promote, rollback, plan, check, check_registered, clean]
    default: release
  to:
    description: With C(rollback), number of a release whose version to go back to; 0 is the one before the stable one.
    type: int
    default: 0
attributes:
  check_mode:
    support: full
    description: Plans; C(clean) says what it would remove.
extends_documentation_fragment: [slipway.aws.region, slipway.aws.outputs_path]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Release it
  slipway.aws.release:
    services: [web]
    release: __release_spec
    fences: "{{ leases.fences }}"
    table: slipway-dev-leases
    reports: reports
  run_once: true
"""

RETURN = r"""
releases:
  description: The journal's entry of each release, by service.
  returned: always
  type: dict
"""
