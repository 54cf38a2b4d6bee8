"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: change_snapshot
short_description: Take a snapshot of a database before its data are changed
version_added: 0.1.0
description:
  - Takes one manual snapshot of an RDS instance when at least one host of the play has a reason, and waits until it can
    be restored. A snapshot that fails fails the task.
  - Of the snapshots that were taken so, the newest O(keep) stay. They are known by their tag C(snapshot_before), which
    holds the reason; others are left alone.
options:
  instance:
    description: Identifier of the instance; may refer to an output, C(${output.database.instance_id}).
    type: str
    required: true
  reasons:
    description: Name of the variable that says, for each host of the play, before what; empty for no reason.
    type: str
    required: true
  keep:
    description: How many of these snapshots to keep, 1 to 100.
    type: int
    required: true
  tags:
    description: Tags of the snapshot.
    type: dict
    default: {}
attributes:
  check_mode:
    support: full
    description: Says why a snapshot would be taken.
extends_documentation_fragment: [slipway.aws.region, slipway.aws.outputs_path]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Keep the data from before the schema is contracted
  slipway.aws.change_snapshot:
    instance: ${output.database.instance_id}
    reasons: __service_contraction
    keep: 5
  run_once: true
"""

RETURN = r"""
snapshot:
  description: Name of the snapshot; empty when none was taken.
  returned: success
  type: str
"""
