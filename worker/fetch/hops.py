"""The way of one fetch through its redirects: what to send on each hop, and whether and where to go next. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from dateline.nouns.frontier import Fetched, FetchOutcome, FetchRequest, Redirect
from worker.fetch.decode import ACCEPT_ENCODING
from worker.fetch.exchange import Answer
from worker.fetch.headers import conditions, first, retry_after
from worker.fetch.outcomes import NO_SUCH_TARGET, REDIRECTS, REMEDIES, Failure, outcome_of
from worker.fetch.target import BadTarget, Target, redirect_target, target

MAX_REDIRECTS = 5

AllowRedirect = Callable[[Target, Target], bool]


class Way:
    """One fetch's hops so far. `here` is the URL being requested now; each `judge` moves it on or ends the fetch."""

    def __init__(self, request: FetchRequest, allow_redirect: AllowRedirect) -> None:
        self._request = request
        self._allow_redirect = allow_redirect
        self._redirects: list[Redirect] = []
        self._final_url = request.url
        self._answer = Answer(None)
        self._seen: set[str] = set()
        self._conditions: list[tuple[str, str]] = []  # sent on this hop
        self.elapsed = 0.0  # seconds spent on requests

    def begin(self) -> Target | Failure:
        """The first hop, or why there is none."""
        try:
            here = target(self._request.url)
        except BadTarget as bad:
            outcome = FetchOutcome.REFUSED if bad.refused else FetchOutcome.BAD_URL
            return Failure(outcome, "guard", str(bad), REMEDIES[FetchOutcome.BAD_URL])
        self._seen.add(here.wire)
        return here

    def headers(self, here: Target) -> list[tuple[str, str]]:
        """The request's headers on this hop; the validators only where the URL is the one that gave them."""
        self._conditions = []
        if self._request.validators_url == here.url:
            self._conditions = conditions(self._request.etag, self._request.last_modified)
        return [("Accept", self._request.accept), ("Accept-Encoding", ACCEPT_ENCODING), *self._conditions]

    def judge(self, here: Target, answer: Answer) -> Target | Failure | None:
        """The next hop, a failure, or None when this answer is the end."""
        self._answer = answer
        if answer.failure is not None:
            return answer.failure
        if answer.status in REDIRECTS:
            return self._follow(here, answer)
        outcome = outcome_of(answer.status)
        if outcome is FetchOutcome.OK:
            return None
        if outcome is FetchOutcome.NOT_MODIFIED:
            if self._conditions:
                return None
            return Failure(FetchOutcome.BAD_RESPONSE, "reading headers", "304 to a request without validators")
        return Failure(outcome, "reading headers", f"the server answered {answer.status}")

    def fetched(self, failure: Failure | None, now: datetime) -> Fetched:
        """The fetch's end, as the rest of the house knows it."""
        answer = self._answer
        outcome = failure.outcome if failure else outcome_of(answer.status)
        return Fetched(
            url=self._request.url,
            final_url=self._final_url,
            outcome=outcome,
            stage=failure.stage if failure else "done",
            fetched_at=now,
            status=answer.status or None,
            headers=answer.headers,
            body=answer.body,
            content_encoding=answer.content_encoding,
            decoded_size=answer.decoded_size,
            redirects=tuple(self._redirects),
            elapsed=self.elapsed,
            error=failure.error if failure else "",
            remedy=(failure.remedy if failure else "") or REMEDIES.get(outcome, ""),
            retry_after=retry_after(answer.headers, now),
            remote_address=answer.address,
        )

    def _follow(self, here: Target, answer: Answer) -> Target | Failure:
        location = first(answer.headers, "location")
        try:
            there = redirect_target(here, location or "")
        except BadTarget as bad:
            outcome = FetchOutcome.REFUSED if bad.refused else FetchOutcome.BAD_RESPONSE
            why = f"{answer.status} to {(location or '')[:200]!r}: {bad}"
            return Failure(outcome, "redirect", why, NO_SUCH_TARGET if bad.refused else "")
        self._redirects.append(Redirect(answer.status, there.url))
        self._final_url = there.url
        if not self._allow_redirect(here, there):
            return Failure(FetchOutcome.REDIRECT_ELSEWHERE, "redirect", f"{answer.status} to another site: {there.url}")
        if there.wire in self._seen:
            return Failure(FetchOutcome.TOO_MANY_REDIRECTS, "redirect", f"the redirects lead in a circle: {there.url}")
        if len(self._redirects) > MAX_REDIRECTS:
            return Failure(FetchOutcome.TOO_MANY_REDIRECTS, "redirect", f"more than {MAX_REDIRECTS} redirects")
        self._seen.add(there.wire)
        return there
