"""What looks at articles do: a new article, a revision, a completion, a disappearance, a view sample, or nothing.

Pure: what stands in the database comes in as `Known`, what to save goes out as `SavePlan`. Looks are taken in the order
in which they were made; one that arrives late takes its place in the chain and never becomes the newest.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import replace

from dateline.clock import iso
from dateline.nouns.articles import PageKind, ParsedArticle, TextFrom
from dateline.nouns.changes import ChangeKind
from dateline.nouns.copies import CopyKind, Match, Published
from dateline.nouns.plans import (
    Known,
    KnownArticle,
    Look,
    SaveArticle,
    SaveChange,
    SavePlan,
    SaveReroot,
    SaveRevision,
    SaveSample,
    UrlAlias,
)
from dateline.nouns.revisions import NOT_KEPT, Edit
from worker.dedupe.looks import walled
from worker.dedupe.near import best_match
from worker.dedupe.revisions import DAMP_AFTER, calmed, damped, edit_of, held_back, saying, stirred, told_of
from worker.dedupe.stubs import stub_of

ENOUGH_TO_COMPARE = 120  # characters of text; a shorter one ("Subscribers only") says nothing of who copied whom
SAME_URL = Match(CopyKind.SAME_URL, 1.0, "it bears the other's address")
SAME_TEXT = Match(CopyKind.SAME_TEXT, 1.0, "the same title and words")


def decide(looks: Sequence[Look], known: Known, *, damp_after: int = DAMP_AFTER) -> SavePlan:
    """The plan for these looks. Several may be at one article; two captures are never mixed into one revision.

    An article that changes on `damp_after` looks in a row is damped: one text a day is kept.
    """
    desk = _Desk(known, damp_after)
    for look in sorted(looks, key=lambda look: (look.observed_at, look.capture_id)):
        desk.take(look)
    return desk.plan()


def text_of(look: Look) -> tuple[ParsedArticle, TextFrom]:
    """What a look says of its article, and where its text is from: the page where it has one, else the feed."""
    page, entry = look.page, look.entry
    if page is not None and page.text:
        return page, TextFrom.PAGE
    if entry is None:
        return page or ParsedArticle(), TextFrom.NONE
    if page is not None and page.title:
        provenance = {**page.provenance, "text": "feed"} if entry.text else page.provenance
        merged = replace(
            page,
            text=entry.text,
            content_hash=entry.content_hash,
            fingerprint=entry.fingerprint,
            enrichments=entry.enrichments,
            reader=entry.reader,
            provenance=provenance,
        )
        return merged, TextFrom.FEED if entry.text else TextFrom.NONE
    return entry, TextFrom.FEED if entry.text else TextFrom.NONE


def comparable(text: ParsedArticle) -> bool:
    """Whether a text is long enough for its equal to be a copy."""
    return len(text.text) >= ENOUGH_TO_COMPARE


def _seen_in(look: Look) -> dict[str, object]:
    return {"observed_at": iso(look.observed_at), "capture_id": look.capture_id}


class _Desk:
    """The state between the looks of one batch."""

    def __init__(self, known: Known, damp_after: int) -> None:
        self._damp_after = damp_after
        self._articles = dict(known.articles)
        self._owners = dict(known.owners)
        self._texts = dict(known.texts)
        self._roots = dict(known.roots)
        self._originals = set(known.originals)
        self._alike = known.alike
        self._published = dict(known.published)
        self._stored = frozenset(known.ids)
        self._reroots: list[SaveReroot] = []
        self._saves: dict[str, SaveArticle] = {}
        self._aliases: list[tuple[str, UrlAlias]] = []
        self._revisions: list[SaveRevision] = []
        self._samples: list[SaveSample] = []
        self._changes: list[SaveChange] = []
        self._verdicts: dict[int, str] = {}
        self._walls: dict[int, tuple[str, str]] = {}

    def plan(self) -> SavePlan:
        return SavePlan(
            articles=tuple(save for _, save in sorted(self._saves.items())),
            aliases=tuple(self._aliases),
            revisions=tuple(self._revisions),
            samples=tuple(self._samples),
            reroots=tuple(self._reroots),
            changes=tuple(self._changes),
            verdicts=self._verdicts,
            walls=self._walls,
        )

    def take(self, look: Look) -> None:
        article = self._articles.get(look.url_key)
        look = self._or_stub(article, look)
        if look.wall:
            self._walls[look.capture_id] = look.wall, look.reason
        if article is None:
            verdict = self._create(look)
        elif look.wall:
            verdict = self._see_wall(article, look)
        elif look.page is not None and look.page.text:
            verdict = self._see_page(article, look) + self._see_owner(look)
        elif look.same:
            verdict = self._see_same(article, look) + self._see_owner(look)
        elif look.gone:
            verdict = self._see_gone(article, look)
        elif look.visit_id is None and look.entry is not None:
            verdict = self._see_entry(article, look)
        else:
            verdict = f"nothing new: {look.reason or 'no readable text'}"
        if look.url_key in self._articles:
            self._know_urls(look)
            self._count_views(look)
        doubt = f"; its canonical URL is not believed: {look.canonical_doubt}" if look.canonical_doubt else ""
        self._verdicts[look.capture_id] = verdict + doubt

    # --- a new article ---

    def _create(self, look: Look) -> str:
        text, text_from = text_of(look)
        if text_from is TextFrom.NONE and look.entry is None and look.page is None:
            return f"no article: {look.reason or 'nothing to make it of'}"
        kind = PageKind.WALL if look.wall else text.kind
        reason = "" if text_from is TextFrom.PAGE else look.reason or "its page has no readable text"
        article = KnownArticle(
            id=None,
            url_key=look.url_key,
            text_from=text_from,
            content_hash=b"",
            revisions=1 if text.text else 0,
            first_seen_at=look.observed_at,
            head_observed_at=look.observed_at,
            text_changed_at=look.observed_at,
            visit_id=look.visit_id,
            feed_id=look.feed_id,
            kind=kind,
        )
        self._articles[look.url_key] = article = saying(article, text)
        self._saves[look.url_key] = SaveArticle(look, article, new=True, text=text, reason=reason, head=bool(text.text))
        if text.text:
            self._keep_text(look, "first", text, text_from, head=True)
        self._tell(ChangeKind.ARTICLE_CREATED, look, {"key": look.key, "url": look.url, "title": text.title})
        copied = self._compare(look, text)
        return f"a new article, text from {'nowhere' if text_from is TextFrom.NONE else 'the ' + text_from}{copied}"

    def _compare(self, look: Look, text: ParsedArticle) -> str:
        """Find whose copy this article is: by URL first, then by text. The original is the one published first."""
        key = look.url_key
        other, match = self._same(look, text) or self._near(key, text) or (key, SAME_URL)
        root = self._root(other)
        if text.published_at or text.published_on:
            self._published[key] = Published(text.published_at, text.published_on)
        if root == key or key in self._originals:
            return ""
        if match.kind is not CopyKind.SAME_URL and self._when(key).before(self._when(root)):
            return self._reroot(key, root, match)
        self._originals.add(root)
        self._roots[key] = root
        self._touch(self._articles[key], look)
        self._saves[key] = replace(self._saves[key], duplicate_of=root, duplicate=match)
        summary: dict[str, object] = {"duplicate_kind": str(match.kind), "duplicate_score": match.score}
        self._changes.append(SaveChange(ChangeKind.ARTICLE_DUPLICATE, key, summary, other=root))
        return f", a copy ({match.kind}: {match.reason})"

    def _same(self, look: Look, text: ParsedArticle) -> tuple[str, Match] | None:
        key = look.url_key
        for alias in look.aliases:
            if (owner := self._owners.get(alias.url_key, key)) != key:
                return owner, SAME_URL
        first = self._texts.setdefault(text.content_hash, key) if comparable(text) else key
        return (first, SAME_TEXT) if first != key else None

    def _near(self, key: str, text: ParsedArticle) -> tuple[str, Match] | None:
        others = ((one.url_key, one.fingerprint) for one in self._alike.get(key, ()) if self._stands(one.url_key))
        return best_match(text.fingerprint, others) if text.text and text.fingerprint else None

    def _when(self, key: str) -> Published:
        return self._published.get(key, Published())

    def _stands(self, key: str) -> bool:
        return key in self._articles or key in self._stored

    def _reroot(self, key: str, root: str, match: Match) -> str:
        self._originals.discard(root)
        self._originals.add(key)
        self._roots[root] = key
        self._reroots.append(SaveReroot(root, key, match))
        return f", published before what is its copy ({match.kind}: {match.reason})"

    def _root(self, key: str) -> str:
        seen = {key}
        while (above := self._roots.get(key)) is not None and above not in seen:
            seen.add(above)
            key = above
        return key

    # --- another look at a known one ---

    def _see_page(self, article: KnownArticle, look: Look) -> str:
        page = look.page
        assert page is not None
        if article.text_from is not TextFrom.PAGE:
            return self._complete(article, look, page)
        newest = article.head_observed_at is None or look.observed_at >= article.head_observed_at
        if not newest:
            return self._see_late(article, look, page)
        if edit_of(article, page, look.observed_at) is None:
            return self._see_same(article, look, "no change")
        return self._revise(article, look, page, TextFrom.PAGE)

    def _or_stub(self, article: KnownArticle | None, look: Look) -> Look:
        """The look as it is, or as one at a wall where less than a stub of the known text is left."""
        if article is None or article.text_from is not TextFrom.PAGE or look.page is None:
            return look
        told_by = stub_of(article.text, look.page) if look.page.content_hash != article.content_hash else ""
        return walled(look, "stub", told_by) if told_by else look

    def _see_wall(self, article: KnownArticle, look: Look) -> str:
        """A wall is an observation: the text that stood before it stands, and its page is neither edited nor gone."""
        newest = article.head_observed_at is None or look.observed_at >= article.head_observed_at
        if article.text_from is not TextFrom.PAGE and newest:
            self._touch(replace(article, kind=PageKind.WALL), look)
            self._saves[look.url_key] = replace(self._saves[look.url_key], reason=look.reason)
        return f"nothing new, a wall in its place: {look.reason}"

    def _see_owner(self, look: Look) -> str:
        """A page that now bears another article's URL is a copy of that one, and keeps its own id and key."""
        known = look.url_key in self._roots or self._articles[look.url_key].duplicate_of is not None
        return "" if known else self._compare(look, ParsedArticle())

    def _see_same(self, article: KnownArticle, look: Look, verdict: str = "the same page as before") -> str:
        if article.head_observed_at is None or look.observed_at >= article.head_observed_at:
            self._touch(replace(calmed(self._back(article, look)), head_observed_at=look.observed_at), look)
        return verdict

    def _back(self, article: KnownArticle, look: Look) -> KnownArticle:
        """The article with its page there: back again, where it was gone."""
        if article.gone_at is not None:
            self._tell(ChangeKind.ARTICLE_BACK, look, {**_seen_in(look), "gone_at": iso(article.gone_at)})
        return replace(article, gone_at=None)

    def _complete(self, article: KnownArticle, look: Look, page: ParsedArticle) -> str:
        """The page came after the feed's own text, which is no edit by the publisher."""
        latest = max(look.observed_at, article.head_observed_at or look.observed_at)
        self._retext(
            replace(
                saying(article, page),
                text_from=TextFrom.PAGE,
                kind=page.kind,
                revisions=max(article.revisions, 1),
                head_observed_at=latest,
                text_changed_at=latest,
                gone_at=None,
                visit_id=look.visit_id or article.visit_id,
            ),
            look,
            page,
        )
        self._keep_text(look, "completed", page, TextFrom.PAGE, head=True)
        self._tell(ChangeKind.ARTICLE_COMPLETED, look, {"title": page.title})
        return "its page completes it" + ("" if article.duplicate_of is not None else self._compare(look, page))

    def _see_late(self, article: KnownArticle, look: Look, page: ParsedArticle) -> str:
        place = bisect([at for at, _ in article.chain], look.observed_at)
        if page.content_hash in {text for _, text in article.chain[max(0, place - 1) : place + 1]}:
            return "an older look that arrived late: nothing new"
        chain = (*article.chain[:place], (look.observed_at, page.content_hash), *article.chain[place:])
        shown = article.shown_before | {page.content_hash}
        self._touch(replace(article, chain=chain, shown_before=shown, revisions=article.revisions + 1), look)
        self._keep_text(look, "edit", page, TextFrom.PAGE, head=False)
        self._tell(ChangeKind.ARTICLE_REVISED, look, {"title": page.title, "late": True})
        return "an older look that arrived late: a revision in its place"

    def _see_entry(self, article: KnownArticle, look: Look) -> str:
        """The feed's own text again. It never takes the place of a page's."""
        entry = look.entry
        assert entry is not None
        stale = article.head_observed_at is not None and look.observed_at < article.head_observed_at
        if article.text_from is TextFrom.PAGE or stale or not entry.text or entry.content_hash == article.content_hash:
            return "no change"
        return self._revise(replace(article, text_from=TextFrom.FEED), look, entry, TextFrom.FEED)

    def _revise(self, article: KnownArticle, look: Look, text: ParsedArticle, text_from: TextFrom) -> str:
        if any(r.url_key == look.url_key and r.capture_id == look.capture_id for r in self._revisions):
            return "no change"  # a feed that lists one URL twice: its first entry speaks
        article = self._back(article, look)
        if article.revisions == 0:
            self._renew(article, look, text, text_from)
            self._keep_text(look, "first", text, text_from, head=True)
            return "its first text"
        edit = edit_of(article, text, look.observed_at)
        article = stirred(article, self._damp_after)
        restless = damped(article, self._damp_after)
        if held_back(article, text, look.observed_at, self._damp_after):
            self._touch(replace(article, unkept=text.content_hash), look)
            return f"its text changed on each of {article.restless} looks: {NOT_KEPT}"
        self._renew(article, look, text, text_from)
        self._keep_text(look, "edit", text, text_from, head=True, edit=edit)
        told = {"title": text.title, "revisions": article.revisions + 1, **told_of(edit), "damped": restless}
        self._tell(
            ChangeKind.ARTICLE_REVISED, look, {name: value for name, value in told.items() if value is not False}
        )
        return f"revision {article.revisions + 1}" + (f", {edit.weight}: {edit.why}" if edit else "")

    def _renew(self, article: KnownArticle, look: Look, text: ParsedArticle, text_from: TextFrom) -> None:
        """The article with this as its newest text, a revision more."""
        self._retext(
            replace(
                saying(article, text),
                kind=text.kind if text_from is TextFrom.PAGE else article.kind,
                revisions=article.revisions + 1,
                head_observed_at=look.observed_at,
                text_changed_at=look.observed_at,
            ),
            look,
            text,
        )

    def _see_gone(self, article: KnownArticle, look: Look) -> str:
        newer_look = article.head_observed_at is not None and article.head_observed_at > look.observed_at
        if article.text_from is not TextFrom.PAGE or article.gone_at is not None or newer_look:
            return f"nothing new: {look.reason}"
        self._touch(replace(article, gone_at=look.observed_at), look)
        self._tell(ChangeKind.ARTICLE_GONE, look, {**_seen_in(look), "reason": look.reason})
        return "gone"

    # --- what any look brings ---

    def _know_urls(self, look: Look) -> None:
        for alias in look.aliases:
            if alias.url_key not in self._owners:
                self._owners[alias.url_key] = look.url_key
                self._aliases.append((look.url_key, alias))

    def _count_views(self, look: Look) -> None:
        article = self._articles[look.url_key]
        views = look.page.views if look.page is not None else article.counter if look.same else None
        if views is None:
            if look.page is not None and look.page.text and article.counter is not None:
                self._touch(replace(article, counter=None), look)  # its page prints none any more
            return
        self._samples.append(SaveSample(look.url_key, look.observed_at, look.capture_id, views))
        if article.views_at is not None and look.observed_at < article.views_at:
            return
        if article.views != views.count:
            self._tell(ChangeKind.VIEWS_UPDATED, look, {"count": views.count, "before": article.views, "meter": "page"})
        self._touch(replace(article, views=views.count, views_at=look.observed_at, counter=views), look)

    # --- writing it down ---

    def _keep_text(
        self, look: Look, kind: str, text: ParsedArticle, text_from: TextFrom, *, head: bool, edit: Edit | None = None
    ) -> None:
        self._revisions.append(
            SaveRevision(look.url_key, kind, look.observed_at, look.capture_id, text, text_from, head, edit)
        )

    def _retext(self, article: KnownArticle, look: Look, text: ParsedArticle) -> None:
        self._touch(article, look)
        reason = "" if article.text_from is TextFrom.PAGE else None
        self._saves[look.url_key] = replace(self._saves[look.url_key], look=look, text=text, reason=reason, head=True)

    def _touch(self, article: KnownArticle, look: Look) -> None:
        self._articles[look.url_key] = article
        before = self._saves.get(look.url_key)
        self._saves[look.url_key] = replace(before, known=article) if before else SaveArticle(look, article)

    def _tell(self, kind: ChangeKind, look: Look, summary: dict[str, object]) -> None:
        self._changes.append(SaveChange(kind, look.url_key, summary))
