"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: converge
short_description: Bring a list of AWS resources to what is declared
version_added: 0.1.0
description:
  - Reads every resource, compares the whole of what is declared with what is there, and changes only what differs.
  - Works in one process with shared connections, in dependency order, independent resources side by side.
  - In check mode nothing is changed and the plan is complete, on an empty account too. Values that only AWS can tell
    are shown as known after apply.
options:
  resources:
    description:
      - What is wanted. Each entry has C(type) (see docs/resources.md), C(name) (unique within the type), C(properties)
        in AWS's own names, and optionally C(initial) (properties set at creation and owned by someone else afterwards),
        C(tags), C(depends_on) (a list of C(type.name)) and C(state).
      - "A string may refer to another resource's attribute, C(${ec2_vpc.main.VpcId}), to another component's output,
        C(${output.network.vpc_id}), or to the account, C(${cloud.current.account})."
      - Either this or O(fleet).
    type: list
    elements: dict
  fleet:
    description:
      - Name of a variable that holds such a list. It is evaluated for every host of the play with that host's own
        variables, and all of them are converged in this one task, so run it with C(run_once).
      - Hosts may use the same names.
      - A failing host does not fail the task; see RV(failures).
    type: str
  planned:
    description:
      - With O(fleet), name of a variable of the same kind whose resources are only planned, in the same task, since
        somebody else is to change them. See RV(planned).
    type: str
  tags:
    description:
      - Tags of every resource of the task. A resource's own tags win. With O(fleet), each host's C(slipway_tags).
    type: dict
    default: {}
  state:
    description: With C(absent) every resource is removed, in the reverse order.
    type: str
    choices: [present, absent]
    default: present
  rate_limits:
    description:
      - "Calls a second by family of API operations, where the account's limit is not AWS's published default:
        C({cloudwatch.PutMetricAlarm: 10}). 0 stands for no limit. The families stand in C(plugin_utils/rate_limits.py);
        an unknown one is refused with the list."
      - The seconds are those of the clock that is shared with a rehearsal, see C(SLIPWAY_TIME_SCALE).
    type: dict
    default: {}
  report:
    description: Directory in which to leave what changed, or would, for M(slipway.aws.drift_report).
    type: str
    default: ''
  adopted:
    description:
      - "What stood before, by C(type.name) of a resource in O(resources):
        C({ec2_vpc.main: {id: vpc-0a1b, change: [Tags]}})."
      - It is found by C(id), its id or, for types that are found by name, its name; without C(id) by what it belongs
        to. When there is no such thing, the task fails and makes none.
      - Of what differs, only the properties under C(change) are changed, with C(all) every one; the others are told as
        kept. With C(leave) the resource is neither made nor changed. With O(state=absent) it is kept.
    type: dict
    default: {}
attributes:
  check_mode:
    support: full
    description: Prints the whole plan and changes nothing.
  diff_mode:
    support: full
    description: Shows every property that differs.
extends_documentation_fragment: [slipway.aws.region, slipway.aws.outputs_path]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Converge a VPC and publish its id
  slipway.aws.converge:
    outputs_path: /slipway/dev
    tags: {project: slipway, environment: dev}
    resources:
      - type: ec2_vpc
        name: main
        properties: {CidrBlock: 10.10.0.0/16, EnableDnsHostnames: true}
        tags: {Name: slipway-dev}
      - type: ssm_parameter
        name: vpc_id
        properties: {Name: /slipway/dev/network/vpc_id, Type: String, Value: "${ec2_vpc.main.VpcId}"}
"""

RETURN = r"""
resources:
  description: The resources that were changed, failed or kept, with C(action), C(before) and C(after).
  returned: always
  type: list
  elements: dict
hosts:
  description: With O(fleet), the changed resources of each host that has any.
  returned: with O(fleet)
  type: dict
planned:
  description: With O(planned), the resources of each host that would be changed.
  returned: with O(planned)
  type: dict
failures:
  description: With O(fleet), why a host failed, by host.
  returned: with O(fleet)
  type: dict
told:
  description: With O(fleet), the hosts of which anything changed, failed or is planned.
  returned: with O(fleet)
  type: list
  elements: str
kept:
  description: What AWS or a protection kept on removal, and why.
  returned: always
  type: list
  elements: str
api_calls:
  description: Number of AWS calls made.
  returned: always
  type: int
"""
