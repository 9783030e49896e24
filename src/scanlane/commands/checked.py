"""Options of the command line, checked by the same models as the API's parameters."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from scanlane.errors import BadInput

M = TypeVar("M", bound=BaseModel)


def checked(model: type[M], **options: object) -> M:
    """The options as that model. Raises BadInput, naming the first option that cannot be used."""
    try:
        return model(**{name: value for name, value in options.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).replace("_", "-") if first["loc"] else ""
        raise BadInput(f"--{name}: {first['msg'].removeprefix('Value error, ')}", field=name) from None
