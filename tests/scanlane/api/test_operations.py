"""Health, metrics and the documentation pages."""

import re

import httpx

from scanlane.stores.places import queue_deep_scans, stage_place
from tests.scanlane.api.conftest import Api


class TestHealth:
    async def test_a_server_with_its_database_is_live_and_ready(self, caller: httpx.AsyncClient) -> None:
        live, ready = await caller.get("/health/live"), await caller.get("/health/ready")

        assert (live.status_code, ready.status_code) == (200, 200)

    async def test_without_the_database_it_is_live_but_not_ready(self, api: Api, caller: httpx.AsyncClient) -> None:
        await api.app.state.house.sessions.kw["bind"].dispose()
        name = str(api.settings.database_url).split("?")[0].rsplit("/", 1)[1]

        await _close(api, name)
        live, ready = await caller.get("/health/live"), await caller.get("/health/ready")
        await _open(api, name)

        assert live.status_code == 200
        assert ready.status_code == 503
        assert (await caller.get("/health/ready")).status_code == 200


class TestMetrics:
    async def test_waiting_jobs_are_counted(self, caller: httpx.AsyncClient) -> None:
        await caller.post("/api/v3/scan/website", json={"website": "bakery.test"})

        metrics = (await caller.get("/metrics")).text

        assert 'scanlane_jobs{status="pending",type="email_scan"} 1.0' in metrics
        assert 'worklane_jobs_waiting{kind="email_scan",queue="jobs"} 1.0' in metrics
        assert 'worklane_jobs_suspect{kind="email_scan",queue="jobs"} 0.0' in metrics
        assert "worklane_depths_readable 1.0" in metrics

    async def test_queued_places_are_counted(self, api: Api, caller: httpx.AsyncClient) -> None:
        sessions = api.app.state.house.sessions
        async with sessions.begin() as session:
            place = await stage_place(session, tenant="harbour", ref="1", name="Bakery", raw={})
            await queue_deep_scans(session, [place], tenant="harbour")

        metrics = (await caller.get("/metrics")).text

        assert 'worklane_jobs_waiting{kind="deep_scan",queue="deep_scan"} 1.0' in metrics

    async def test_the_age_of_the_oldest_waiting_job_is_told(self, caller: httpx.AsyncClient) -> None:
        await caller.post("/api/v3/scan/website", json={"website": "bakery.test"})

        first, second = (await caller.get("/metrics")).text, (await caller.get("/metrics")).text

        assert 0 < _oldest(first) < _oldest(second) < 60

    async def test_without_the_database_the_counts_of_the_process_are_there(
        self, api: Api, caller: httpx.AsyncClient
    ) -> None:
        await api.app.state.house.sessions.kw["bind"].dispose()
        name = str(api.settings.database_url).split("?")[0].rsplit("/", 1)[1]

        await _close(api, name)
        metrics = await caller.get("/metrics")
        await _open(api, name)

        assert metrics.status_code == 200
        assert "worklane_depths_readable 0.0" in metrics.text
        assert "worklane_loop_blocked_total" in metrics.text


class TestDocumentation:
    async def test_the_page_loads_nothing_from_elsewhere(self, caller: httpx.AsyncClient) -> None:
        page = await caller.get("/docs")
        links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        loaded = [await caller.get(link) for link in links]

        assert links
        assert all(link.startswith("/") for link in links)
        assert {answer.status_code for answer in loaded} == {200}
        assert "default-src 'self'" in page.headers["content-security-policy"]

    async def test_the_description_names_every_route(self, caller: httpx.AsyncClient) -> None:
        paths = (await caller.get("/openapi.json")).json()["paths"]

        assert {"/api/v3/scan/website", "/api/v3/scan/status/{job_id}"} <= paths.keys()


def _oldest(metrics: str) -> float:
    [age] = re.findall(r'^worklane_oldest_waiting_seconds\{queue="jobs"\} (\S+)$', metrics, re.M)
    return float(age)


async def _close(api: Api, name: str) -> None:
    await _administer(api, f'alter database "{name}" allow_connections false', name)


async def _open(api: Api, name: str) -> None:
    await _administer(api, f'alter database "{name}" allow_connections true', None)


async def _administer(api: Api, statement: str, kicked: str | None) -> None:
    import asyncpg
    from sqlalchemy import make_url

    from scanlane.session.async_session import raw_dsn

    url = make_url(str(api.settings.database_url)).set(database="postgres")
    connection = await asyncpg.connect(raw_dsn(url.render_as_string(hide_password=False)))
    try:
        await connection.execute(statement)
        if kicked:
            await connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", kicked
            )
    finally:
        await connection.close()
