"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: service_facts
short_description: Tell where every service of the play stands
version_added: 0.1.0
description:
  - Reads the release records of all services of the play in one call, and looks for the images that are wanted and do
    not run yet. Run it with C(run_once).
  - A service is C(waiting) while its repository is missing or empty, C(first) when its image is there and it was never
    released, and C(released) from then on.
options:
  questions:
    description:
      - Name of a variable that is evaluated for every host of the play.
      - It holds a dictionary with C(name), C(repository), either C(image_tag) or C(digest), the C(engine) that releases
        it, and C(called) where other services call this one by name.
    type: str
    required: true
  table:
    description: The table of leases and records.
    type: str
    required: true
  state:
    description: With C(absent), nothing is read and every service is C(absent).
    type: str
    choices: [present, absent]
    default: present
attributes:
  check_mode:
    support: full
    description: Changes nothing in either mode.
extends_documentation_fragment: [slipway.aws.region]
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Learn where the services stand
  slipway.aws.service_facts:
    questions: __service_question
    table: slipway-dev-leases
  run_once: true
"""

RETURN = r"""
services:
  description: By host, C(state), C(digest) of the image wanted, and C(record) of the last release.
  returned: always
  type: dict
first:
  description: Hosts to be released for the first time.
  returned: always
  type: list
  elements: str
waiting:
  description: Hosts whose image is not there yet.
  returned: always
  type: list
  elements: str
moved:
  description: Services that were made with another engine than the one declared.
  returned: always
  type: list
  elements: str
called:
  description: Services that others call by name.
  returned: always
  type: list
  elements: str
"""
