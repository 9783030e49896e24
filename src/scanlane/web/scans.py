"""The first page: websites to scan, pasted or in a CSV file that is looked at before it is taken in."""

from tempfile import SpooledTemporaryFile
from typing import Annotated, BinaryIO, cast

from fastapi import APIRouter, BackgroundTasks, File, Form, Request, UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from scanlane.domain.website_columns import Columns
from scanlane.errors import AppError, BadInput
from scanlane.services.domain_import import Importer, import_table
from scanlane.stores.jobs import list_jobs
from scanlane.web.gate import InHouse, SignedIn
from scanlane.web.rendering import page
from scanlane.web.starting import start_scan

IMPORT = "/imports"
MOST_PASTED = 200
LONGEST_PASTE = 100_000

router = APIRouter()
Given = Annotated[str, Form(max_length=LONGEST_PASTE)]


@router.get("/")
async def scan_page(request: Request, caller: SignedIn, house: InHouse) -> HTMLResponse:
    """Paste sites, or drop a file; the last scans below."""
    async with house.sessions() as session:
        latest = await list_jobs(session, tenant=caller.tenant, limit=8)
    return page(request, "scan.html", {"jobs": latest, "refused": (), "given": ""})


@router.post("/scans")
async def start_scans(
    request: Request, caller: SignedIn, house: InHouse, background: BackgroundTasks, sites: Given
) -> Response:
    """Start a scan of each website that was pasted; tell those that cannot be scanned, and why."""
    named = list(dict.fromkeys(sites.replace(",", " ").split()))
    if not 0 < len(named) <= MOST_PASTED:
        raise BadInput(f"name 1 to {MOST_PASTED} websites; more fit into a CSV file", field="sites")
    started, refused = [], []
    for website in named:
        try:
            started.append(await start_scan(website, caller, house, background))
        except AppError as error:
            refused.append((website, error.message))
    if refused:
        async with house.sessions() as session:
            latest = await list_jobs(session, tenant=caller.tenant, limit=8)
        given = "\n".join(website for website, _ in refused)
        return page(request, "scan.html", {"jobs": latest, "refused": refused, "given": given}, status=422)
    if len(started) == 1:
        return RedirectResponse(f"/jobs/{started[0].job_id}", status_code=303)
    return RedirectResponse("/jobs", status_code=303)


@router.post(IMPORT)
async def import_file(
    request: Request,
    caller: SignedIn,
    house: InHouse,
    file: Annotated[UploadFile, File()],
    column: Annotated[str, Form(max_length=200)] = "",
    step: Annotated[str, Form(pattern="^(preview|import)$")] = "preview",
) -> HTMLResponse:
    """Look at a CSV file and show what would be taken in, or take it in; a piece of the page either way."""
    importer = Importer(tenant=caller.tenant, source="import", scan=True, networks=house.networks)
    is_preview = step == "preview"
    with SpooledTemporaryFile(1 << 20) as spooled:
        while piece := await file.read(1 << 16):
            spooled.write(piece)
        spooled.seek(0)
        table = cast(BinaryIO, spooled)
        try:
            report = await import_table(
                house.sessions, table, importer, Columns(website=column or None), dry_run=is_preview
            )
        except BadInput as error:
            return page(
                request, "_import_refused.html", {"sentence": error.message, "column": column}, status=error.status
            )
    return page(request, "_import.html", {"report": report})
