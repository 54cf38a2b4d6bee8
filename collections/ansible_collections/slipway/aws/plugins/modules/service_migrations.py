"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: service_migrations
short_description: Run the one-shot tasks of many services side by side
version_added: 0.1.0
description:
  - Does what M(slipway.aws.run_task) does, for every host of the play at once. Run it with C(run_once).
  - A failing service does not fail the task; see RV(failures).
options:
  tasks:
    description:
      - Name of a variable that is evaluated for every host of the play.
      - It holds options of M(slipway.aws.run_task), or an empty dictionary where nothing is to run.
      - With C(noted), the record of a service that was released says which version has migrated its database, so that
        the run that goes on with a killed one does not do so again. It has C(table), C(service), C(digest),
        C(contract_from), which closes the way back to what came before that version, and C(again), to do it anyway.
    type: str
    required: true
  timeout:
    description: Seconds a task may take to start, and again to end.
    type: int
    default: 1800
attributes:
  check_mode:
    support: full
    description: Runs nothing.
extends_documentation_fragment: [slipway.aws.region, slipway.aws.outputs_path]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Migrate the databases of new services
  slipway.aws.service_migrations:
    tasks: __service_migration
    outputs_path: /slipway/dev
  run_once: true
"""

RETURN = r"""
hosts:
  description: ARN of the task that ran, by host; none where a run before this one has done it.
  returned: always
  type: dict
failures:
  description: Why a host's task failed, with the end of its log, by host.
  returned: always
  type: dict
"""
