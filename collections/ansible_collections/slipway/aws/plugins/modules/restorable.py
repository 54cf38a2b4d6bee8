"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: restorable
short_description: Say to which time a database can be restored
version_added: 0.1.0
description:
  - Reads an RDS instance and returns AWS's time, the latest time to which the instance can be restored, and the
    settings that a restored instance does not take over by itself.
  - Of the copies that another region has of an instance, with O(copies_of), it returns the times alone.
  - With O(wait) it waits until O(moment) can be restored, and notes how far behind the latest restorable time was at
    most.
options:
  instance:
    description: Identifier of the instance; may refer to an output, C(${output.database.instance_id}).
    type: str
  copies_of:
    description: In place of O(instance), the ARN of another region's instance whose backups are copied into this one.
    type: str
  required:
    description: Fail when O(instance) is not there. Otherwise RV(created) and RV(latest) are null then.
    type: bool
    default: true
  moment:
    description: Seconds since 1970. Without it, any moment will do.
    type: int
  wait:
    description: Wait until O(moment) can be restored.
    type: bool
    default: false
  timeout:
    description: Seconds to wait at most.
    type: int
    default: 1800
extends_documentation_fragment: [slipway.aws.reads_only, slipway.aws.region, slipway.aws.outputs_path]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Wait until what was written by now can be restored
  slipway.aws.restorable:
    instance: ${output.database.instance_id}
    moment: 1795658400
    wait: true
"""

RETURN = r"""
now:
  description: AWS's time, in seconds since 1970.
  returned: always
  type: int
now_text:
  description: The same as AWS takes it.
  returned: always
  type: str
latest:
  description: Latest restorable time in seconds since 1970; null while there is none.
  returned: always
  type: int
lag:
  description: How many seconds the latest restorable time was behind at most.
  returned: always
  type: int
created:
  description: When the instance was made, in seconds since 1970; null for copies and for one that is not there.
  returned: always
  type: int
source:
  description: Class, port, names of subnet and parameter group, and key of the instance; empty for copies.
  returned: always
  type: dict
"""
