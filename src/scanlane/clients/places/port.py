"""What every provider of places can do."""

from collections.abc import Mapping
from typing import Protocol

from scanlane.domain.places import PlaceDetails, PlacePage, PlaceQuery, PlaceRef, Retention


class PlacesProvider(Protocol):
    """Searches for places and describes them. Every call raises PlacesFailed and its kin, and nothing else."""

    @property
    def name(self) -> str:
        """What its refs begin with."""

    @property
    def retention(self) -> Retention:
        """How long its terms allow to keep what it says."""

    async def search(self, query: PlaceQuery, cursor: str | None) -> PlacePage:
        """The page of the search at which the cursor stands; None: the first."""

    async def details(self, ref: PlaceRef, *, staged: Mapping[str, object]) -> PlaceDetails:
        """The business at this place. `staged` is what a search said of it, for those who are not asked twice."""
