"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: run_task
short_description: Run one ECS task and wait for its end
version_added: 0.1.0
description:
  - Starts one task on Fargate, waits until it has stopped and fails when any of its containers did not end with 0, with
    the reason ECS gives, the exit codes and the last lines of its log.
  - A task that a killed run left behind is found by O(token) and awaited instead of being started twice.
  - Strings may refer to outputs of components, C(${output.network.private_subnet_ids}), and to the account,
    C(${cloud.current.account}).
options:
  cluster:
    description: Name or ARN of the cluster.
    type: str
    required: true
  task_definition:
    description: Family, family and revision, or ARN of the task definition.
    type: str
    required: true
  token:
    description:
      - Names this run, at most 36 letters, digits, C(-) and C(_). While a task of that name runs, no other is started.
    type: str
    required: true
  subnets:
    description: Subnets of the task; a single entry may refer to an output that is a list.
    type: list
    elements: raw
    required: true
  security_groups:
    description: Security groups of the task.
    type: list
    elements: str
    required: true
  assign_public_ip:
    description: Give the task a public address.
    type: bool
    default: false
  overrides:
    description:
      - Overrides of RunTask, e.g. a container's command.
      - Never put a secret here; whoever may describe the task can read them.
    type: dict
    default: {}
  capacity_provider:
    description: Where it runs, C(FARGATE) or C(FARGATE_SPOT).
    type: str
    default: FARGATE
  timeout:
    description: Seconds the task may take to start, and again to end.
    type: int
    default: 1800
  output:
    description: Return what the task wrote also when it ended well; it must write something.
    type: bool
    default: false
  tags:
    description: Tags of the task.
    type: dict
    default: {}
attributes:
  check_mode:
    support: full
    description: Shows what would run.
extends_documentation_fragment: [slipway.aws.region, slipway.aws.outputs_path]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Migrate the database of the service
  slipway.aws.run_task:
    cluster: ${output.cluster.cluster_arn}
    task_definition: slipway-dev-web
    token: migrate-web-1-2-0
    subnets: ["${output.network.private_subnet_ids}"]
    security_groups: ["${output.network.database_access_security_group_id}"]
    overrides:
      containerOverrides:
        - name: web
          command: [python, -m, app.migrate]
"""

RETURN = r"""
task_arn:
  description: The task.
  returned: when it ran
  type: str
exit_codes:
  description: Exit code by container, null for one that never ran.
  returned: when it ran
  type: dict
adopted:
  description: Whether a running task was found and awaited.
  returned: when it ran
  type: bool
reason:
  description: Why ECS stopped it.
  returned: when it ran
  type: str
log:
  description: The last lines of its log.
  returned: when it failed, or with O(output)
  type: list
  elements: str
would_run:
  description: Parameters of RunTask.
  returned: in check mode
  type: dict
"""
