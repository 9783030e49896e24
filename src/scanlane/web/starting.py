"""Starting a scan from a page: as the API does it, with the usual options."""

from fastapi import BackgroundTasks

from scanlane.auth.caller import Caller
from scanlane.services import jobs
from scanlane.services.house import House


async def start_scan(website: str, caller: Caller, house: House, background: BackgroundTasks) -> jobs.StartedScan:
    """The job that now stands for the website. Raises what `jobs.start_scan` raises."""
    request = jobs.ScanRequest(
        tenant=caller.tenant, user_id=caller.user_id, website=website, networks=house.networks, options={}
    )
    async with house.sessions.begin() as session:
        started = await jobs.start_scan(session, house.queue, request)
    if house.start_scan is not None and not started.existing:
        background.add_task(house.start_scan, started.job_id, caller.user_id)
    return started
