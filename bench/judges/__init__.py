"""Judges of canaries, each from its documented rule, with one interface: is this sample the end of the candidate?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ansible_collections.slipway.aws.plugins.plugin_utils.canary.samples import Sample

from .alarm import Alarm
from .argo import Argo
from .common import Judge
from .flagger import Flagger
from .kayenta import Kayenta
from .pipecd import PipeCD
from .slipway import Slipway

#: What makes a judge of the samples before the release and the kind of count it watches.
JUDGES: dict[str, Callable[[Sequence[Sample], str], Judge]] = {
    "Slipway": Slipway,
    "Alarm": Alarm,
    "Flagger": Flagger,
    "Argo": Argo,
    "Kayenta": Kayenta,
    "PipeCD": PipeCD,
}
