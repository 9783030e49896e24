"""What routes need from the house, and the transaction of a request."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from scanlane.services.house import House

__all__ = ["House", "InHouse", "Transaction", "house", "transaction"]


def house(request: Request) -> House:
    """The application's house."""
    found: House = request.app.state.house
    return found


InHouse = Annotated[House, Depends(house)]


async def transaction(house: InHouse) -> AsyncIterator[AsyncSession]:
    """One transaction for the request. It has committed before the response is sent."""
    async with house.sessions.begin() as session:
        yield session


Transaction = Annotated[AsyncSession, Depends(transaction, scope="function")]
