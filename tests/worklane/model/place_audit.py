"""The auditor of the status lane: reads what became of places and of the claims beside them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from tests.worklane.model.audit import CLAIMERS, HOLDERS, Broken, WorkerAuditor, broken
from tests.worklane.model.ledger import Entry
from worklane.lifecycle import MAX_CRASHES

ENDS = frozenset({"Completed", "Error"})
MOVES = {
    ("Queued", "Processing"): {"claim", "exchange"},
    ("Processing", "Queued"): {"settle", "exchange", "hand back", "rescue"},
    ("Processing", "Completed"): {"settle", "exchange"},
    ("Processing", "Error"): {"settle", "exchange", "rescue"},
    ("Completed", "Queued"): {"owner"},
    ("Error", "Queued"): {"owner"},
}
Values = Mapping[str, Any]


class PlaceAuditor(WorkerAuditor):
    """What the ledger has told so far of places and claims."""

    def __init__(self) -> None:
        super().__init__()
        self._statuses: dict[UUID, str] = {}
        self._claims: dict[UUID, Values] = {}
        self._newest_token = 0
        self._completed: Counter[UUID] = Counter()
        self._saves: Counter[UUID] = Counter()
        self._last_holder: dict[UUID, int] = {}

    def read(self, entries: Iterable[Entry]) -> None:
        """Check each line, then what must hold between the lines."""
        for entry in entries:
            match entry.what:
                case "places_staging":
                    self._read_place(entry)
                case "status_claims":
                    self._read_claim(entry)
                case "workers":
                    self.read_worker(entry)
                case "effects":
                    self._read_effect(entry)
        self._check_claims_and_statuses()

    def check_the_end(self) -> None:
        """Once everything was worked off: each place has ended, and nobody holds any."""
        waiting = {row_id: status for row_id, status in self._statuses.items() if status not in ENDS}
        if waiting:
            raise Broken(f"not ended: {waiting}")

    def _read_place(self, entry: Entry) -> None:
        if entry.new is None:
            broken("a place vanished", entry)
        row_id, after = UUID(entry.new["id"]), entry.new["deep_scan_status"]
        before = self._statuses.get(row_id)
        self._statuses[row_id] = after
        if before in (None, after):
            return
        if entry.acting.role not in MOVES.get((str(before), after), set()):
            broken("an illegal move", entry)
        self._completed[row_id] += after == "Completed"

    def _read_claim(self, entry: Entry) -> None:
        old, new = entry.old, entry.new
        row_id = UUID((new or old or {})["row_id"])
        if new is None:
            self._check_release(entry, row_id, self._claims.pop(row_id))
            return
        self._claims[row_id] = new
        if old is None or new["token"] != old["token"]:
            self._check_taking(entry, old, new)
        elif old != new:
            self._check_release(entry, row_id, old)
            self._check_counts(entry, old, new)

    def _check_taking(self, entry: Entry, old: Values | None, new: Values) -> None:
        if new["token"] <= self._newest_token:
            broken("a token did not grow", entry)
        self._newest_token = new["token"]
        self._last_holder[UUID(new["row_id"])] = new["token"]
        if entry.acting.role not in CLAIMERS or entry.acting.worker not in self.beats:
            broken("a claim by nobody, or by a worker that was declared dead", entry)
        if old is not None and old["worker_id"] is not None:
            broken("a live claim was taken", entry)
        starts_afresh = old is None or old["crashes"] >= MAX_CRASHES
        counts = (1, 0) if starts_afresh or old is None else (old["attempt"] + 1, old["crashes"])
        if (new["attempt"], new["crashes"]) != counts:
            broken("an attempt was miscounted", entry)

    def _check_release(self, entry: Entry, row_id: UUID, old: Values) -> None:
        holds = old["worker_id"] is not None and (row_id, old["token"]) in entry.acting.claims
        if entry.acting.role in HOLDERS and not holds:
            broken("a stale token had an effect", entry)
        if entry.acting.role == "rescue" and (old["worker_id"] is None or UUID(old["worker_id"]) in self.beats):
            broken("a live claim was taken", entry)
        if entry.acting.role not in HOLDERS | {"rescue"}:
            broken("a claim changed without its holder", entry)

    def _check_counts(self, entry: Entry, old: Values, new: Values) -> None:
        handed_back, rescued = entry.acting.role == "hand back", entry.acting.role == "rescue"
        put_off = entry.acting.role == "settle" and new["attempt"] == old["attempt"] - 1
        if (new["attempt"], new["crashes"]) != (old["attempt"] - (handed_back or put_off), old["crashes"] + rescued):
            broken("an attempt or a crash was miscounted", entry)

    def _read_effect(self, entry: Entry) -> None:
        if entry.old is not None or entry.new is None:
            broken("an effect was taken back", entry)
        row_id = UUID(entry.new["job_id"])
        if entry.new["token"] != self._last_holder.get(row_id):
            broken("a stale token left an effect", entry)
        self._saves[row_id] += entry.new["what"] == "saved"

    def _check_claims_and_statuses(self) -> None:
        held = {row_id for row_id, claim in self._claims.items() if claim["worker_id"] is not None}
        processing = {row_id for row_id, status in self._statuses.items() if status == "Processing"}
        if held != processing:
            raise Broken(f"held: {held}, shown as being worked on: {processing}")
        if +self._saves != +self._completed:
            raise Broken(f"effects {self._saves}, completed {self._completed}")
