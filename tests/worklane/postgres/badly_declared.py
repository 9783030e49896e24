"""A declaration that names a column which is not there; importing it fails."""

from tests.worklane.postgres.pictures import Picture
from worklane.postgres.status_column import StatusColumn

QUEUE = StatusColumn(queue="pictures", table=Picture, status="stat", error="trouble")
