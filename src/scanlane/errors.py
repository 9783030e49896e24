"""The application's errors; each knows its HTTP status and says one clear sentence.

AppError
├── BadInput            422  something the caller sent cannot be used; names the field
├── NotFound            404  there is no such thing, or it is not the caller's
└── ...                      each noun adds its own beside its code
"""


class AppError(Exception):
    """Something went wrong."""

    status = 500

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or _first_line(type(self).__doc__))

    @property
    def message(self) -> str:
        """The sentence for people."""
        return str(self.args[0])


class BadInput(AppError):
    """The input cannot be used."""

    status = 422

    def __init__(self, message: str | None = None, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotFound(AppError):
    """There is no such thing, or it is not yours."""

    status = 404


class Conflict(AppError):
    """The request contradicts the present state."""

    status = 409


class Unavailable(AppError):
    """The database cannot be reached at the moment; try again."""

    status = 503


def _first_line(docstring: str | None) -> str:
    return (docstring or "Something went wrong.").strip().splitlines()[0]
