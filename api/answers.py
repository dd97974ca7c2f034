"""What routes give back: JSON by msgspec, moments as RFC 3339 in UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from starlette.responses import JSONResponse

from dateline.clock import iso


def _plain(value: Any) -> Any:
    """A value inside a document that msgspec does not know by itself."""
    raise TypeError(f"{type(value).__name__} has no form in JSON")


_encoder = msgspec.json.Encoder(enc_hook=_plain)


_REFERENCE = "#/components/schemas/{name}"
SCHEMAS: dict[str, Any] = {}  # of what routes give back; they stand in the OpenAPI document


def documented(shape: Any, description: str = "The answer.") -> dict[int | str, dict[str, Any]]:
    """`responses=` of a route whose answer has this shape (a struct, a dataclass, a list of them)."""
    (schema,), parts = msgspec.json.schema_components([shape], ref_template=_REFERENCE)
    SCHEMAS.update(parts)
    return {200: {"description": description, "content": {"application/json": {"schema": schema}}}}


class Json(JSONResponse):
    """A JSON answer. Nouns, structs and dictionaries go in as they are; moments in them must be in UTC."""

    def render(self, content: Any) -> bytes:
        """The bytes."""
        return _encoder.encode(content)


def moment(value: datetime | None) -> str | None:
    """A moment as every answer writes it."""
    return None if value is None else iso(value)
