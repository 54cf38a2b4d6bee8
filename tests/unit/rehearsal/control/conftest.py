import pytest

from tests.unit.rehearsal.control.cloud import Cloud


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    one = Cloud(tmp_path_factory.mktemp("cloud"))
    yield one
    one.stop()
