"""Documentation of the action plugin of the same name, which does the work."""

DOCUMENTATION = r"""
module: http_check
short_description: Ask services over HTTPS as their users would
version_added: 0.1.0
description:
  - Checks TLS, certificate, security headers, the redirect from HTTP and readiness of each service, then runs the
    requests it declares over several connections, and counts.
  - Proxies come from E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY), authorities from E(SSL_CERT_FILE).
  - Does not fail by itself; see RV(problems).
options:
  hosts:
    description: Inventory hosts of the services.
    type: list
    elements: str
    required: true
  target:
    description:
      - Name of a variable, evaluated for every host, with C(url), C(ready_path), C(ready_status) and C(smoke).
      - Each entry of C(smoke) has C(path), and optionally C(method), C(json) or C(body), C(headers), C(status) and
        C(expect), fields a JSON answer must have. In a path, C({name}) stands for that field of a JSON object answered
        before.
    type: str
    required: true
  repeat:
    description: How often the requests of a service are run.
    type: int
    default: 1
  concurrency:
    description: Connections at a time, each service.
    type: int
    default: 8
  timeout:
    description: Seconds for each step of a request.
    type: float
    default: 10
  tls:
    description: Lowest version of TLS allowed.
    type: str
    choices: [TLSv1.2, TLSv1.3]
    default: TLSv1.2
  days_left:
    description: How many days certificates must at least be valid.
    type: int
    default: 30
  headers:
    description: Values of headers wanted on every response, by lower-case name; an empty value wants none.
    type: dict
    default: {}
attributes:
  check_mode:
    support: none
    description: Skipped, because the declared requests may write.
author: Slipway maintainers
"""

EXAMPLES = r"""
- name: Ask the services
  slipway.aws.http_check:
    hosts: "{{ groups.services }}"
    target: __verify_target
    repeat: 50
  register: __verify_http
  run_once: true
"""

RETURN = r"""
checks:
  description: Everything looked at, with C(suite), C(name), C(problem) and C(seconds).
  returned: always
  type: list
  elements: dict
problems:
  description: A sentence for each check that failed.
  returned: always
  type: list
  elements: str
services:
  description: C(requests), C(failures), C(p50_ms) and C(p95_ms) by service.
  returned: always
  type: dict
"""
