"""The core's errors; a docstring is the default message.

WorklaneError
├── ClaimLost        somebody else may hold the row now; nothing was written
├── UnknownWork      no work is registered for this kind of row
├── IllegalMove      a status may not follow another
└── WorkTimedOut     a piece of work ran longer than it may
"""


class WorklaneError(Exception):
    """Background work went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])


class ClaimLost(WorklaneError):
    """This worker no longer holds the claim; nothing was written."""


class UnknownWork(WorklaneError):
    """No work is registered for this kind of row."""


class IllegalMove(WorklaneError):
    """This status may not follow that one."""


class WorkTimedOut(WorklaneError):
    """The work ran longer than its time limit."""
