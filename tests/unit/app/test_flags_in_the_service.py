"""A flag that is switched on in AppConfig changes what a process does that goes on running."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.app.conftest import Service
