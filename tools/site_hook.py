"""What mkdocs calls: it takes pages and pictures where they lie in the repository, not from one directory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
#: Where pages lie; what else is there is no documentation.
PLACES = (
    "*.md",
    "app/*.md",
    "collections/ansible_collections/slipway/aws/*.md",
    "docs/**/*.md",
    "docs/**/*.svg",
    "roles/*/README.md",
)


def found(pattern: str) -> list[str]:
    """Return the paths that fit, from the root of the repository."""
    return sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern))


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the files that a pattern fits in its place in the navigation."""
    config.nav = [expanded(entry) for entry in config.nav or []]
    return config


def expanded(entry: Any) -> Any:
    """Return an entry of the navigation without patterns."""
    if isinstance(entry, dict):
        return {title: expanded(part) for title, part in entry.items()}
    if isinstance(entry, list):
        return [one for part in entry for one in (found(part) if is_pattern(part) else [expanded(part)])]
    return found(entry) if is_pattern(entry) else entry


def is_pattern(entry: Any) -> bool:
    """Say whether an entry stands for several files."""
    return isinstance(entry, str) and "*" in entry


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Return the pages of the whole repository, and what themes and plugins bring."""
    pages = [path for pattern in PLACES for path in found(pattern)]
    taken = [File(path, str(ROOT), config.site_dir, config.use_directory_urls) for path in pages]
    return Files(taken + [one for one in files if one.generated_by or one.src_dir != config.docs_dir])
