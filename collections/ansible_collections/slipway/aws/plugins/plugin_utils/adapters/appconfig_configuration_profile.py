"""AppConfig configuration profiles: of what type a configuration is, and who checks it."""

from __future__ import annotations

from typing import Any, ClassVar

from ..resource import State
from ._appconfig import AppconfigAdapter


class AppconfigConfigurationProfile(AppconfigAdapter):
    """A profile of an application, found by its name."""

    create_operation = "CreateConfigurationProfile"
    kind, listing, id_name = "configuration_profile", "list_configuration_profiles", "ConfigurationProfileId"
    required = ("ApplicationId", "Name", "LocationUri")
    identity = ("ApplicationId", "Name")
    immutable = ("LocationUri", "Type")
    place = "application/{ApplicationId}/configurationprofile/{Id}"
    unsaid: ClassVar[State] = {"Description": "", "Validators": [], "Type": "AWS.Freeform"}

    def whole(self, found: dict[str, Any]) -> dict[str, Any]:
        """Read it: a listing names validators without what they say."""
        named = {"ApplicationId": found["ApplicationId"], "ConfigurationProfileId": found["Id"]}
        return self.cloud.read(self.service, "get_configuration_profile", **named)


ADAPTER = AppconfigConfigurationProfile
