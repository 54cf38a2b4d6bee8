"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: chaos
short_description: Disturb an environment on purpose, and say whether its users noticed
version_added: 0.1.0
description:
  - Does experiments of AWS Fault Injection Service one after the other. Each begins only where a service keeps its
    objectives and no alarm rings, by what its load balancer counted.
  - It is stopped early, which puts right what it disturbs, when more requests fail or are slow than
    O(experiments[].stop_percent), when it is not over in time, and when anything goes wrong here; AWS stops it by
    itself when one of its alarms rings, and at the end of its duration.
  - The hypothesis of each is that the objectives hold before, during and after it. After one with a problem the
    others are not begun.
options:
  environment:
    description: Name of the environment.
    type: str
    required: true
  confirm:
    description: The same once more; with any other value nothing is disturbed.
    type: str
    required: true
  service:
    description: Service whose users are looked after.
    type: str
    required: true
  experiments:
    description: What is to be done, in this order.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Of the experiment.
        type: str
        required: true
      template:
        description: Its experiment template, by the tag C(Name); O(tags) tell the environment's from others.
        type: str
        required: true
      hypothesis:
        description: What is expected, as a sentence.
        type: str
        required: true
      exceptions:
        description: Objectives that need not hold while something is disturbed, C(availability) or C(latency).
        type: list
        elements: str
        default: []
      stop_percent:
        description: Per cent of the requests that may fail, or be slow, before the experiment is stopped.
        type: float
        required: true
      alarms:
        description: Alarms that must not ring when it begins.
        type: list
        elements: str
        default: []
  load_balancer:
    description: Load balancer of the service as CloudWatch names it; may refer to an output.
    type: str
    required: true
  target_groups:
    description: The same of its target groups.
    type: list
    elements: str
    required: true
  objectives:
    description: >-
      C(availability) and C(latency) in per cent of the requests, C(seconds) within which they are to be answered, and
      C(requests) below which nothing can be said.
    type: dict
    required: true
  windows:
    description: >-
      When experiments may go on, each with C(days) (mon to sun), C(from) and C(to) (HH:MM, UTC). An experiment must fit
      into one with all its time. Without any, always.
    type: list
    elements: dict
    default: []
  before_minutes:
    description: Minutes before an experiment that are looked at.
    type: int
    default: 3
  settle_minutes:
    description: Minutes after the end of a disturbance that still count as disturbed.
    type: int
    default: 2
  after_minutes:
    description: Minutes after them that are looked at.
    type: int
    default: 3
  timeout_minutes:
    description: Minutes after which an experiment that goes on is stopped.
    type: int
    default: 30
  tags:
    description: Of the environment; its experiments get them.
    type: dict
    default: {}
attributes:
  check_mode:
    support: full
    description: Disturbs nothing and returns an empty report.
extends_documentation_fragment: [slipway.aws.region, slipway.aws.outputs_path]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Stop a task and see whether anybody notices
  slipway.aws.chaos:
    environment: dev
    confirm: "{{ confirm }}"
    service: web
    experiments:
      - name: task_killed
        template: slipway-dev-chaos-task-killed
        hypothesis: A task that is lost is replaced without an error.
        stop_percent: 10
    load_balancer: ${output.web.load_balancer}
    target_groups: ["${output.web.blue_target_group}", "${output.web.green_target_group}"]
    objectives: {availability: 99.9, latency: 99, seconds: 0.5, requests: 50}
    tags: "{{ slipway_tags }}"
"""

RETURN = r"""
report:
  description: >-
    C(environment), C(service), C(objectives), C(experiments) with what was found in each phase, C(lines) for people,
    and C(problems), which is empty when every objective held but for the declared exceptions.
  returned: always
  type: dict
"""
