"""The proxy beside a task: names, retries, time-outs, tasks that are left alone, and what it counts and logs."""

import asyncio
import contextlib
import json
import time

import aiohttp
import pytest
from aiohttp import web

from rehearsal.clock import Clock
from rehearsal.edge.mesh.front import Mesh
from rehearsal.edge.mesh.outliers import FAILURES, LONGEST, Outliers
from rehearsal.edge.mesh.routes import Target, proxies
from rehearsal.edge.stats import Stats
from rehearsal.edge.upstream import Upstream

CALLER, PORT = "127.0.77.1", 15001
LOG = {"group": "arn:aws:logs:us-east-1:123456789012:log-group:/web", "stream": "mesh/api", "query": False}


def target(number, *, reachable=True, revision="old"):
    return {
        "id": f"task{number}",
        "revision": revision,
        "address": f"127.0.77.{10 + number}",
        "port": 8080,
        "reachable": reachable,
    }


def proxy(*targets, seconds=5.0, log=None, shares=None):
    """Return the document of a caller's proxy that knows the name api."""
    names = {"name": "api", "port": 80, "discovery": "api", "server": "slipway-dev-api", "idle": 300.0}
    endpoint = {**names, "seconds": seconds, "log": log, "shares": shares or {}, "targets": list(targets)}
    place = {"region": "us-east-1", "cluster": "dev", "service": "slipway-dev-web"}
    return {"id": "caller", "address": CALLER, "port": PORT, **place, "endpoints": [endpoint]}


class Tasks:
    """Tasks that say who they are, after a while if they are told to wait."""

    def __init__(self):
        self.asked = []

    @contextlib.asynccontextmanager
    async def serving(self, *numbers, delay=0.0):
        runners = [await self._start(number, delay) for number in numbers]
        yield self
        for runner in runners:
            await runner.cleanup()

    async def _start(self, number, delay):
        async def answer(request):
            self.asked.append((number, request.raw_path, request.headers["Host"]))
            await asyncio.sleep(delay)
            return web.Response(text=f"task{number}")

        runner = web.ServerRunner(web.Server(answer))
        await runner.setup()
        await web.TCPSite(runner, f"127.0.77.{10 + number}", 8080).start()
        return runner


@contextlib.asynccontextmanager
async def calling(document, scale=60.0):
    """Yield what calls a URL from the task, and the counts."""
    clock = Clock(scale)
    stats = Stats(clock)
    upstream = Upstream(clock)
    await upstream.open()
    mesh = Mesh(upstream, clock, stats)
    await mesh.follow(proxies([document]))

    async with aiohttp.ClientSession() as session:

        async def call(url):
            async with session.get(url, proxy=f"http://{CALLER}:{PORT}") as answer:
                return answer.status, await answer.text()

        yield call, stats
    await mesh.follow({})
    await upstream.close()


def test_a_name_leads_to_the_tasks_in_turn():
    async def scenario():
        async with Tasks().serving(1, 2) as tasks, calling(proxy(target(1), target(2))) as (call, _):
            answers = [await call("http://api/notes?a=1") for _ in range(4)]
            assert {status for status, _ in answers} == {200}
            assert sorted(text for _, text in answers) == ["task1", "task1", "task2", "task2"]
            assert {asked[1:] for asked in tasks.asked} == {("/notes?a=1", "api")}

    asyncio.run(scenario())


def test_a_deployment_gives_calls_to_its_revisions_by_share():
    async def scenario():
        both = target(1), target(2), target(5, revision="new")
        async with Tasks().serving(1, 2, 5):
            for shares, wanted in (
                ({"new": 30.0, "old": 70.0}, range(30, 95)),  # 99.99 % of all samples of 200
                ({"new": 0.0, "old": 100.0}, [0]),
                ({"new": 100.0}, [200]),
            ):
                async with calling(proxy(*both, shares=shares)) as (call, _):
                    answers = [(await call("http://api/"))[1] for _ in range(200)]
                    assert answers.count("task5") in wanted
            async with calling(proxy(*both, shares={"newest": 100.0})) as (call, _):
                assert await call("http://api/") == (503, "no healthy upstream")

    asyncio.run(scenario())


def test_other_names_and_ports_lead_nowhere():
    async def scenario():
        async with Tasks().serving(1), calling(proxy(target(1))) as (call, _):
            for url in ("http://other/", "http://api:8080/"):
                status, text = await call(url)
                assert (status, text.endswith("it knows api:80")) == (502, True)

    asyncio.run(scenario())


def test_a_task_that_takes_no_connection_is_passed_over():
    async def scenario():
        dead = [target(3), target(4, reachable=False)]
        async with Tasks().serving(1), calling(proxy(target(1), *dead), scale=600.0) as (call, _):
            assert {await call("http://api/") for _ in range(6)} == {(200, "task1")}

    asyncio.run(scenario())


def test_a_caller_learns_when_nobody_is_there():
    async def scenario():
        async with calling(proxy()) as (call, _):
            assert await call("http://api/") == (503, "no healthy upstream")
        async with calling(proxy(target(3))) as (call, _):
            status, text = await call("http://api/")
            assert (status, text.startswith("upstream connect error")) == (503, True)

    asyncio.run(scenario())


def test_an_answer_has_its_time_and_is_not_asked_for_again():
    async def scenario():
        async with (
            Tasks().serving(1, 2, delay=3.0) as tasks,
            calling(proxy(target(1), target(2), seconds=0.3)) as (call, _),
        ):
            begun = time.monotonic()
            assert await call("http://api/") == (504, "upstream request timeout")
            assert time.monotonic() - begun < 2
            assert len(tasks.asked) == 1

    asyncio.run(scenario())


def test_requests_are_counted_and_logged_without_their_query():
    async def scenario():
        async with Tasks().serving(1), calling(proxy(target(1), log=LOG)) as (call, stats):
            await call("http://api/notes?secret=1")
            await call("http://api/notes")
            fetched = stats.fetch()
            (minute,) = fetched["minutes"]
        place = ["us-east-1", "dev", "slipway-dev-web", "slipway-dev-api", "api"]
        assert minute["meshed"] == [[*place, "HTTPCode_Target_2XX_Count", 2]]
        assert [times[:5] for times in minute["mesh_times"]] == [place]
        lines = [json.loads(one["line"]) for one in fetched["access"]]
        assert [(one["path"], one["response_code"], one["authority"]) for one in lines] == [
            ("/notes", 200, "api:80")
        ] * 2
        assert {one["stream"] for one in fetched["access"]} == {"mesh/api"}

    asyncio.run(scenario())


class Time:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.seconds = 0.0

    def now(self):
        return self.seconds


@pytest.fixture
def outliers():
    return Outliers(Time())


def test_a_task_that_fails_often_is_left_alone_longer_each_time(outliers):
    bad, good = (Target(name, "old", "127.0.0.1", 8080, reachable=True) for name in ("bad", "good"))
    for times in range(1, 13):
        for _ in range(FAILURES):
            outliers.failed(bad)
        out = min(LONGEST, 30.0 * times)
        outliers.clock.seconds += out - 0.1
        assert outliers.left([bad, good]) == [good]
        assert outliers.left([bad]) == [bad]
        outliers.clock.seconds += 0.2
        assert outliers.left([bad, good]) == [bad, good]


def test_a_task_that_fails_now_and_then_stays(outliers):
    one = Target("one", "old", "127.0.0.1", 8080, reachable=True)
    for _ in range(20):
        outliers.failed(one)
        outliers.clock.seconds += 8.0
    assert outliers.left([one, Target("two", "old", "127.0.0.1", 8080, reachable=True)])[0] is one
