import time

import pytest

from rehearsal.databases.mover import DatabaseMover
from tests.unit.rehearsal.control.cloud import Cloud, name


class Databases(Cloud):
    """A cloud with real database servers, into which this machine may connect."""

    packages = ("rehearsal.control", "rehearsal.databases")

    def __init__(self, directory):
        super().__init__(directory)
        self.world.store["databases.open"] = True
        self.mover = DatabaseMover(self.world)
        self.world.movers["databases"] = self.mover
        self.mover.start()
        self.subnet_group = name("subnets")
        self.network = self.vpc()
        self.rds.create_db_subnet_group(
            DBSubnetGroupName=self.subnet_group,
            DBSubnetGroupDescription="Databases",
            SubnetIds=self.subnets(self.network),
        )

    def instance(self, **more):
        """An available instance."""
        identifier = name("db")
        self.create(identifier, **more)
        return self.until(identifier, "available")

    def create(self, identifier, **more):
        settings = {
            "DBInstanceIdentifier": identifier,
            "Engine": "postgres",
            "EngineVersion": "18",
            "DBInstanceClass": "db.t4g.micro",
            "AllocatedStorage": 20,
            "DBName": "notes",
            "MasterUsername": "admin1",
            "ManageMasterUserPassword": True,
            "DBSubnetGroupName": self.subnet_group,
            "StorageEncrypted": True,
            "Port": 5544,
        }
        return self.rds.create_db_instance(**{**settings, **more})["DBInstance"]

    def describe(self, identifier):
        return self.rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]

    def until(self, identifier, *statuses):
        deadline = time.monotonic() + 90
        while (found := self.describe(identifier))["DBInstanceStatus"] not in statuses:
            assert time.monotonic() < deadline, found
            time.sleep(0.05)
        return found

    def stop(self):
        self.mover.stop()
        self.world.end_children()
        super().stop()


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    one = Databases(tmp_path_factory.mktemp("databases"))
    yield one
    one.stop()


@pytest.fixture(scope="module")
def database(cloud):
    group = name("parameters")
    cloud.rds.create_db_parameter_group(
        DBParameterGroupName=group, DBParameterGroupFamily="postgres18", Description="Of tests"
    )
    return cloud.instance(DBParameterGroupName=group)
