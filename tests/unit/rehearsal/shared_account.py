"""moto keeps one account a process, which all tests of the process share."""

import contextlib
from functools import cache

import pytest
from moto.moto_api._internal.models import moto_api_backend

from rehearsal.control.quotas import RAISED
from tests.unit.accounts import MANY_POLICIES


def prepare_account(world):
    """Empty it of what tests without a local cloud left, and raise quotas that many would exceed together."""
    _forget_others()
    quotas = world.kept(RAISED)
    quotas.update(dict.fromkeys(("vpcs", "addresses", "gateways", "balancers", "databases"), 1000))
    return quotas


@cache
def _forget_others():
    """Forget once a process what tests without a local cloud left there: their names may be ours."""
    moto_api_backend.reset()


def member(organizations):
    """Number of an account of the organization, the same whoever asks first."""
    with contextlib.suppress(organizations.exceptions.AlreadyInOrganizationException):
        organizations.create_organization(FeatureSet="ALL")
    accounts = [one["Id"] for one in organizations.list_accounts()["Accounts"] if one["Name"] == "shop"]
    if accounts:
        return accounts[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(MANY_POLICIES, "false")
        made = organizations.create_account(Email="shop@example.com", AccountName="shop")
    return made["CreateAccountStatus"]["AccountId"]
