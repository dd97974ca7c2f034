"""Who calls, and what they may do: a key in `Authorization: Bearer`, or being on this machine.

Every route names the scope it needs: `Depends(needs(Scope.VIEWS))` gives it the Caller, or answers 401 or 403.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from fastapi import Depends, Request

from api.guards import from_this_machine
from api.problems import Problem
from dateline.settings import Settings
from storage.database import Database

NAMELESS = "default"  # what callers without a key of their own are known as: sender and meter of what they post


class Scope(StrEnum):
    """What a caller may do. `ADMIN` holds all of them."""

    READ = "read"
    VIEWS = "views"
    INGEST = "ingest"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the name of their key, and what it opens."""

    name: str
    scopes: frozenset[Scope]

    def may(self, scope: Scope) -> bool:
        """Whether this caller may do what needs `scope`."""
        return scope in self.scopes or Scope.ADMIN in self.scopes


SERVERS_OWN = Caller(NAMELESS, frozenset((Scope.ADMIN,)))
ON_THIS_MACHINE = Caller(NAMELESS, frozenset((Scope.READ, Scope.VIEWS)))
STRANGER = Caller(NAMELESS, frozenset())


def caller(request: Request) -> Caller:
    """Who sends this request. Raises Problem (401) when the key that was sent opens nothing."""
    given = request.headers.get("authorization")
    if given is None:
        return ON_THIS_MACHINE if from_this_machine(request.scope) else STRANGER
    scheme, _, key = given.partition(" ")
    found = _by_key(key.strip(), request.app.state.settings) if scheme.lower() == "bearer" else None
    if found is None:
        raise _who("the key that was sent is not known here")
    return found


def _by_key(key: str, settings: Settings) -> Caller | None:
    own = settings.api_key
    if own and hmac.compare_digest(key.encode(), own.encode()):
        return SERVERS_OWN
    return None


def any_key(settings: Settings, _db: Database) -> bool:
    """Whether some key opens the API: without one it is served to this machine alone."""
    return bool(settings.api_key)


def needs(scope: Scope) -> Callable[..., Caller]:
    """The dependency that lets those with `scope` in, and gives their Caller."""

    def check(found: Annotated[Caller, Depends(caller)]) -> Caller:
        if found.may(scope):
            return found
        if found is STRANGER:
            raise _who("this needs a key")
        raise Problem(
            403,
            "scope",
            f"this needs the scope {str(scope)!r}",
            remedy="use a key that has it" if found is not ON_THIS_MACHINE else "send a key that has it",
        )

    return check


def _who(detail: str) -> Problem:
    return Problem(
        401,
        "key",
        detail,
        remedy="send `Authorization: Bearer KEY`; DATELINE_API_KEY of the server is one",
        headers={"WWW-Authenticate": "Bearer"},
    )
