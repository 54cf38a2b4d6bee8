import pytest

from rehearsal.metrics.collecting import Counts, counts_of_services, usage
from rehearsal.metrics.histogram import Histogram
from rehearsal.metrics.store import Metric, Span
from tests.unit.rehearsal.edge.cloud import REGION, Target, forward


def serve(network, alb, name, port):
    target = Target(network, name)
    group = alb.group(name)
    alb.listener(port, forward((group, 1)))
    alb.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": target.id, "Port": target.port}])
    alb.await_health(group, "healthy")
    return target, group


@pytest.fixture(scope="module")
def blue(network, alb):
    target, group = serve(network, alb, "blue", 8081)
    yield group
    target.stop()


@pytest.fixture(scope="module")
def green(network, alb):
    target, group = serve(network, alb, "green", 8082)
    yield target, group
    target.stop()


def of_group(alb, group):
    return {"LoadBalancer": alb.arn.rpartition(":loadbalancer/")[2], "TargetGroup": group.rsplit(":", 1)[-1]}


def report(watched, minutes_ago=0, **counted):
    kinds = ("counts", "times", "firewall", "meshed", "mesh_times")
    minute = int(watched.world.clock.now() // 60) - minutes_ago
    return {"minutes": [{"minute": minute, **{kind: [] for kind in kinds}, **counted}]}


def total(watched, name, stat="Sum", **dimensions):
    return sum(watched.sums("AWS/ApplicationELB", name, stat, **dimensions))


def test_requests_are_counted_by_target_group(cloud, watched, alb, blue, green):
    http = cloud.http()
    for path in ["/x", "/x", "/status/404", "/status/503"]:
        http.get(f"http://{alb.dns}:8081{path}")
    http.get(f"http://{alb.dns}:8082/x")
    ours = of_group(alb, blue)
    whole = {"LoadBalancer": ours["LoadBalancer"]}
    watched.await_that(lambda: total(watched, "RequestCount", **whole), lambda number: number == 5)
    assert total(watched, "RequestCount", **ours) == 4
    codes = ("2XX", "4XX", "5XX")
    assert [total(watched, f"HTTPCode_Target_{code}_Count", **ours) for code in codes] == [2, 1, 1]
    assert total(watched, "RequestCount", **of_group(alb, green[1])) == 1
    assert total(watched, "TargetResponseTime", "SampleCount", **ours) == 4
    for stat in ("Average", "p50", "p99.9", "Maximum"):
        assert all(0 < value < 1 for value in watched.sums("AWS/ApplicationELB", "TargetResponseTime", stat, **ours))
    assert set(watched.sums("AWS/ApplicationELB", "TargetResponseTime", "PR(:1)", **ours)) == {100}
    assert total(watched, "RequestCountPerTarget", TargetGroup=ours["TargetGroup"]) == 4


def test_a_target_that_does_not_answer_in_time_is_told_of_the_load_balancer_alone(cloud, watched, network, alb):
    target, group = serve(network, alb, "hangs", 8084)
    attribute = {"Key": "idle_timeout.timeout_seconds", "Value": "1"}
    alb.elb.modify_load_balancer_attributes(LoadBalancerArn=alb.arn, Attributes=[attribute])
    target.delay = 3
    ours = of_group(alb, group)
    whole = {"LoadBalancer": ours["LoadBalancer"]}
    answer = cloud.http().get(f"http://{alb.dns}:8084/x")
    alb.elb.modify_load_balancer_attributes(LoadBalancerArn=alb.arn, Attributes=[{**attribute, "Value": "60"}])
    target.stop()
    assert answer.status_code == 504
    watched.await_that(lambda: total(watched, "HTTPCode_ELB_504_Count", **whole), lambda number: number == 1)
    assert total(watched, "RequestCount", **ours) == 1
    assert total(watched, "TargetResponseTime", "SampleCount", **ours) == 0
    for name in ("HTTPCode_Target_2XX_Count", "HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count"):
        assert total(watched, name, **ours) == 0


def test_errors_of_the_load_balancer_ring_an_alarm(cloud, watched, alb, blue, green):
    empty = alb.group("empty")
    alb.listener(8083, forward((empty, 1)))
    pairs = [{"Name": "LoadBalancer", "Value": of_group(alb, empty)["LoadBalancer"]}]
    where = {"Namespace": "AWS/ApplicationELB", "MetricName": "HTTPCode_ELB_5XX_Count", "Dimensions": pairs}
    name = watched.alarm(**where, Threshold=0)
    watched.await_state(name, "OK")
    for _ in range(6):
        assert cloud.http().get(f"http://{alb.dns}:8083/").status_code == 503
    watched.await_state(name, "ALARM")


def test_healthy_and_unhealthy_hosts(watched, alb, green):
    target, group = green
    ours = of_group(alb, group)
    read = lambda name: watched.sums("AWS/ApplicationELB", name, "Maximum", **ours)[-1:]  # noqa: E731
    watched.await_that(lambda: read("HealthyHostCount"), lambda found: found == [1])
    assert read("UnHealthyHostCount") == [0]
    target.health = 500
    watched.await_that(lambda: read("UnHealthyHostCount"), lambda found: found == [1])
    assert read("HealthyHostCount") == [0]
    target.health = 200


def test_only_whole_minutes_of_the_services_are_seen(watched):
    metric, store = Metric(REGION, "AWS/Test", "m"), watched.world.store["cloudwatch.metrics"]
    store.add(metric, 60_000, 1)
    seen = [bool(store.periods(metric, Span(60_000, 60_060, 60, now))) for now in (60_000, 60_059, 60_060)]
    assert seen == [False, False, True]


def test_a_late_report_belongs_to_the_minutes_of_its_requests(watched):
    where, ago = {"LoadBalancer": "app/late/1"}, 5
    counts = [[where["LoadBalancer"], "", "RequestCount", 7]]
    late = report(watched, ago, counts=counts)
    Counts(watched.world).take(late)
    told = watched.world.store["cloudwatch.metrics"]
    (metric,) = [one for one in told.metrics("") if dict(one.dimensions) == where]
    assert told.latest(metric) == late["minutes"][0]["minute"] * 60


def test_counts_of_a_web_acl(watched):
    rules = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": True, "MetricName": "m"}
    made = watched.cloud.client("wafv2")
    made.create_web_acl(Name="acl", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=rules)
    Counts(watched.world).take(report(watched, firewall=[["acl", "ALL", "BlockedRequests", 3]]))
    ours = {"WebACL": "acl", "Region": REGION, "Rule": "ALL"}
    read = lambda: sum(watched.sums("AWS/WAFV2", "BlockedRequests", **ours))  # noqa: E731
    watched.await_that(read, lambda number: number == 3)


def test_calls_between_services_are_told_of_both_sides(watched):
    place = [REGION, "dev", "front", "back", "api"]
    times = Histogram()
    times.add(0.2)
    calls = {"meshed": [[*place, "HTTPCode_Target_2XX_Count", 3]], "mesh_times": [[*place, times.as_list()]]}
    Counts(watched.world).take(report(watched, **calls))
    own = [
        ("RequestCount", {"DiscoveryName": "api"}),
        ("RequestCount", {"ClusterName": "dev", "ServiceName": "back", "DiscoveryName": "api"}),
        ("HTTPCode_Target_2XX_Count", {"TargetDiscoveryName": "api"}),
        ("HTTPCode_Target_2XX_Count", {"ClusterName": "dev", "ServiceName": "front", "TargetDiscoveryName": "api"}),
    ]
    read = lambda: [sum(watched.sums("AWS/ECS", name, **pairs)) for name, pairs in own]  # noqa: E731
    watched.await_that(read, lambda found: found == [3, 3, 3, 3])
    (average,) = watched.sums("AWS/ECS", "TargetResponseTime", "Average", TargetDiscoveryName="api")
    assert average == pytest.approx(0.2, rel=0.1)


class Service:
    region, cluster_arn, name, status, desired = REGION, "arn:aws:ecs:r:1:cluster/insightful", "web", "ACTIVE", 3


class Task:
    def __init__(self, status, desired="RUNNING"):
        self.status, self.desired = status, desired


class Tasks:
    services = {"web": Service}  # noqa: RUF012

    @staticmethod
    def of(_service):
        return [Task("RUNNING"), Task("PENDING"), Task("RUNNING", "STOPPED")]

    @staticmethod
    def usage():
        return [{"region": REGION, "cluster": "insightful", "service": "web", "cpu": 50.0, "memory": 25.0}]


def test_services_are_counted_where_insights_are_on(watched):
    ecs = watched.cloud.client("ecs")
    assert list(counts_of_services(watched.world, Tasks)) == []
    ecs.create_cluster(clusterName="insightful", settings=[{"name": "containerInsights", "value": "enabled"}])
    found = {metric.name: value for metric, value, _ in counts_of_services(watched.world, Tasks)}
    assert found == {"DesiredTaskCount": 3, "RunningTaskCount": 1, "PendingTaskCount": 1}


def test_usage_of_services():
    found = {(metric.namespace, metric.name, metric.dimensions): value for metric, value, _ in usage(Tasks)}
    where = (("ClusterName", "insightful"), ("ServiceName", "web"))
    assert found == {("AWS/ECS", "CPUUtilization", where): 50, ("AWS/ECS", "MemoryUtilization", where): 25}
