"""Write the documentation that follows from the code: roles' READMEs, pages and pictures of docs/.

With --check nothing is written; stale files are named and the exit code is 1.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "collections")]

from ansible_collections.slipway.aws.plugins.plugin_utils.adapter import Adapter, adapter_class, adapter_types  # noqa: E402  the path is set above
from ansible_collections.slipway.aws.plugins.plugin_utils.canary.detectable import canary_detectable  # noqa: E402  as above
from ansible_collections.slipway.aws.plugins.plugin_utils.validate import create_properties  # noqa: E402  as above
from bench.drill_figures import recovery_page  # noqa: E402  as above
from bench.fault_table import faults_page  # noqa: E402  as above
from bench.sweeps import sweeps_page  # noqa: E402  as above
from bench.table import performance_page  # noqa: E402  as above
from tools.draw_architecture import architecture  # noqa: E402  as above
from tools.draw_recovery import drawn as recovery_picture  # noqa: E402  as above
from tools.draw_scaling import drawn as scaling_picture  # noqa: E402  as above
from tools.draw_stages import stages  # noqa: E402  as above
from tools.draw_verdict import drawn as verdict_picture  # noqa: E402  as above
from tools.files import ENVIRONMENTS, between, environment, load  # noqa: E402  as above
from tools.markdown import NOTE, code, option_row, paragraphs, table  # noqa: E402  as above
from tools.reference_pages import documentation, filters, modules, reference  # noqa: E402  as above
from tools.stock_modules import comparison, rows  # noqa: E402  as above

BREAKING = ROOT / "playbooks" / "vars" / "breaking_changes.yml"
BREAKING_BEGIN, BREAKING_END = (
    NOTE.format(source="playbooks/vars/breaking_changes.yml"),
    "<!-- end of what an upgrade needs -->",
)
FINDS_BEGIN, FINDS_END = NOTE.format(source="plugin_utils/canary/"), "<!-- end of what a step can find -->"
#: Parameters of create calls that the engine gives itself, or that mean nothing for a state.
NOT_DECLARED = {
    *("BackupPlanTags", "BackupVaultTags", "ClientRequestToken", "ClientToken", "CreatorRequestId", "DryRun"),
    *("IdempotencyToken", "TagSpecifications", "Tags", "tags"),
}
#: Variance-to-mean ratios of errors in the table of what a step can find.
BURSTS = {"no bursts": 1.0, "bursts of mean 3": 5.0}


def spec_of(role: Path) -> dict[str, Any]:
    """Return a role's entry point ``main``."""
    spec: dict[str, Any] = load(role / "meta" / "argument_specs.yml")["argument_specs"]["main"]
    return spec


def roles() -> list[Path]:
    """Return the directories of all roles."""
    return sorted(path.parents[1] for path in (ROOT / "roles").glob("*/meta/argument_specs.yml"))


def role_readme(role: Path) -> str:
    """Return a role's README."""
    spec, name = spec_of(role), role.name
    options: dict[str, Any] = spec.get("options") or {}
    given = environment("dev")
    needed = {key: given.get(key, "...") for key, option in options.items() if option.get("required")}
    lines = [
        NOTE.format(source=f"roles/{name}/meta/argument_specs.yml"),
        f"# {name}",
        "",
        spec["short_description"] + ".",
    ]
    for text in paragraphs(spec.get("description", [])):
        lines += ["", text]
    lines += ["", "## Variables", ""]
    lines += table(["Variable", "Type", "Default", "Meaning"], (option_row(*item) for item in options.items()))
    example = [
        {
            "name": spec["short_description"],
            "hosts": "web" if name in {"autoscaling", "service"} else name,
            "roles": [name],
        }
    ]
    if needed:
        example[0]["vars"] = needed
    lines += ["", "## Example", "", "```yaml", yaml.safe_dump(example, sort_keys=False, width=100).strip(), "```", ""]
    own = ROOT / "playbooks" / f"{name}.yml"
    runs = f"`playbooks/{name}.yml` runs it" if own.exists() else "`site.yml` runs it in its place"
    lines += [f"{runs}; `molecule test -s {name}` tries it alone in a local cloud.", ""]
    return "\n".join(lines)


def resources_page() -> str:
    """Return the page of all resource types."""
    lines = [NOTE.format(source="the adapters"), "# Resource types of slipway.aws.converge", ""]
    lines += ["Properties carry AWS's own names; nested ones too. What is not declared is left alone.", ""]
    for name in adapter_types():
        lines += [f"## {name}", "", *_resource_lines(adapter_class(name)), ""]
    return "\n".join(lines)


def _resource_lines(adapter: type[Adapter]) -> Iterator[str]:
    yield " ".join((inspect.getdoc(adapter) or "").split("\n\n")[0].split()).replace("``", "`")
    yield ""
    own = create_properties(adapter)
    facts = {
        f"Properties of `{adapter.service}` `{adapter.create_operation}`": [
            n for n in own if n not in {*NOT_DECLARED, *adapter.more_properties}
        ],
        "Properties beyond that call": adapter.more_properties,
        "Required": adapter.required,
        "Cannot be changed" + (" in place: it is made anew" if adapter.replaceable else ""): adapter.immutable,
        "Compared without order": adapter.unordered,
        "JSON documents, compared as data": adapter.documents,
        "Compared whole": adapter.exact,
        "Never shown": adapter.secret,
        "Known after creation": adapter.computed,
    }
    for title, names in facts.items():
        if names:
            yield f"* {title}: {', '.join(f'`{item}`' for item in sorted(names))}"
    if not adapter.taggable:
        yield "* Has no tags."


def modules_page() -> str:
    """Return the page of modules and filters."""
    lines = [NOTE.format(source="the plugins"), "# Modules and filters of slipway.aws", ""]
    lines += [
        "What each takes and returns: [modules](reference/modules.md), [filters](reference/filters.md).",
        "",
        "## Modules",
        "",
    ]
    found = ((path.stem, documentation(path)) for path in modules())
    lines += table(["Module", "Purpose"], ([f"`slipway.aws.{name}`", doc["short_description"]] for name, doc in found))
    lines += ["", "## Filters", ""]
    pages = ((name, load(path)["DOCUMENTATION"]) for name, path in filters().items())
    lines += table(["Filter", "Purpose"], ([f"`{name}`", doc["short_description"]] for name, doc in pages))
    return "\n".join([*lines, "", *_comparison_lines(), ""])


def _comparison_lines() -> Iterator[str]:
    versions = " and ".join(f"`{name}` {version}" for name, version in comparison()["collections"].items())
    yield from (
        "## Resource types",
        "",
        "Each is an adapter of `slipway.aws.converge`; [resources](resources.md) lists their properties. No role uses",
        "a stock module for AWS. One would do for a resource that exists once in an environment if it passed three",
        "tests: check mode on an empty account, where ids are not known yet; a diff of every field; a second run that",
        "changes nothing. The tests in `tests/unit/adapters` try these of our adapters.",
        "",
        f"The table is about {versions}. Ran: executed against moto 5.2.5. Read: in the module's source; whether a",
        "diff is returned is read from the installed module whenever this page is written. Not tried: nobody has",
        "looked, and the adapter is there because one engine converges everything in one process, in the order of",
        "the references.",
        "",
    )
    head = ["Resource type", "Stock module", "Unknown input in check mode", "Field diff", "Second run", "Cannot say"]
    yield from table(head, rows(adapter_types()))


def variables_page() -> str:
    """Return the page of the variables a first user touches: required ones, and those environments differ in."""
    values = {name: environment(name) for name in ENVIRONMENTS}
    options = {key: option for role in roles() for key, option in (spec_of(role).get("options") or {}).items()}
    lines = [NOTE.format(source="the roles' specs and the inventories"), "# Variables", ""]
    lines += ["All that a first user touches: what must be given, and what the environments give.", ""]
    lines += ["Every other variable has a safe default; each role's README lists its own.", ""]
    lines += ["## Shared by all environments (group_vars/all/main.yml)", ""]
    lines += table(["Variable", "Value", "Meaning"], _shared())
    lines += ["", "## Of each environment (inventories/&lt;environment&gt;/)", ""]
    names = list(dict.fromkeys(key for given in values.values() for key in given))
    names += [key for key, option in options.items() if option.get("required") and key not in names]
    rows = (
        [f"`{key}`", *(code(given[key]) if key in given else "-" for given in values.values()), _meaning(options, key)]
        for key in names
    )
    return "\n".join([*lines, *table(["Variable", *ENVIRONMENTS, "Meaning"], rows), ""])


def _meaning(options: dict[str, Any], key: str) -> str:
    known = {
        "env_name": "Name of the environment, the inventory's too.",
        "releases": "What runs: an image tag or digest for each service.",
        "environment_services": "Every service of the environment, each with the priority of its listener rule, and"
        " with `load_balancer` where that is not the first.",
    }
    return " ".join(paragraphs(options[key]["description"])) if key in options else known.get(key, "Shared; see above.")


def _shared() -> Iterator[list[str]]:
    """Yield the shared variables up to the derived ones, each with the comment above it."""
    comment, kept = list[str](), False
    for line in (ROOT / "group_vars" / "all" / "main.yml").read_text(encoding="utf-8").splitlines():
        if line.startswith("# Derived"):
            return
        if line.startswith("#"):
            comment = [] if kept else comment  # a comment after a variable begins a new one
            comment.append(line.removeprefix("#").strip())
            kept = False
        elif not line:
            comment = []
        elif match := re.match(r"(\w+): (.+)", line):
            kept = True
            yield [f"`{match[1]}`", f"`{match[2]}`", " ".join(comment)]


def verdict_page() -> str:
    """Return the page of the verdict with its table of what a step can find written anew."""
    lines = table(
        ["requests/s", "requests on the candidate", *(f"at 10 %, {burst}" for burst in BURSTS), "at 50 %"], _finds()
    )
    return between(ROOT / "docs" / "verdict.md", FINDS_BEGIN, lines, FINDS_END)


def _finds() -> Iterator[list[str]]:
    for rate in (1, 5, 20, 100, 500):
        found = [canary_detectable(60 * rate, 10, 5, 0.005, burst=burst) for burst in BURSTS.values()]
        found.append(canary_detectable(60 * rate, 50, 5, 0.005))
        rates = (f"{100 * each['error_rate']:.2g} %" if each["error_rate"] else "nothing" for each in found)
        yield [str(rate), str(found[0]["requests"]), *rates]


def upgrading_page() -> str:
    """Return the page of upgrades with what each version needs."""
    changes = load(BREAKING)["breaking_changes"]
    lines = list(
        table(["Version", "What changed", "What to do"], ([c["version"], c["what"], c["do"]] for c in changes))
    )
    return between(ROOT / "docs" / "upgrading.md", BREAKING_BEGIN, lines, BREAKING_END)


def pages() -> dict[Path, str]:
    """Return every generated file with what it should hold."""
    docs = ROOT / "docs"
    return {
        **{role / "README.md": role_readme(role) for role in roles()},
        **{docs / "reference" / name: text for name, text in reference().items()},
        docs / "resources.md": resources_page(),
        docs / "modules.md": modules_page(),
        docs / "variables.md": variables_page(),
        docs / "performance.md": performance_page(),
        docs / "rehearsal.md": faults_page(),
        docs / "sweeps.md": sweeps_page(),
        docs / "disaster-recovery.md": recovery_page(),
        docs / "recovery.svg": recovery_picture().svg(),
        docs / "architecture.svg": architecture(),
        docs / "stages.svg": stages(),
        docs / "upgrading.md": upgrading_page(),
        docs / "verdict.md": verdict_page(),
        docs / "verdict.svg": verdict_picture().svg(),
        docs / "scaling.svg": scaling_picture().svg(),
    }


def stale() -> list[Path]:
    """Return the generated files that do not hold what they should."""
    return [path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]


def main() -> int:
    """Write or check; return an exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        for path in stale():
            print(f"{path.relative_to(ROOT)} is stale; run: make docs", file=sys.stderr)
        return 1 if stale() else 0
    for path, text in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
