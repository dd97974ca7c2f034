"""The tables behind URL identity: which parts of a URL never say which page it is.

Each entry was chosen for being safe: a rule that merges two different pages costs an article, one that misses a
tracker costs only a duplicate that equal text still finds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UrlRule:
    """One site's own word on its parameters (names in lower case), which goes before every table here."""

    keep: frozenset[str] = frozenset()  # these name the page, whatever they are called
    drop: frozenset[str] = frozenset()  # these never do


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Parameters (in lower case) that say where a reader came from or who is counting, never what is read.
TRACKING = _words(
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid li_fat_id igshid igsh epik srsltid "
    "mc_cid mc_eid mkt_tok _hsenc _hsmi __hstc __hssc __hsfp ml_subscriber ml_subscriber_hash vero_id vero_conv "
    "cmp cmpid intcmp icid ncid ocid ito mod smid smtyp taid xtor spm wt.mc_id wt_mc wtmc s_cid sc_cid mbid s_kwcid "
    "ns_source ns_mchannel ns_campaign ns_linkname ns_fee soc_src soc_trk sr_share __twitter_impression "
    "__tn__ guccounter guce_referrer guce_referrer_sig ftag action_type_map action_object_map fb_action_ids "
    "fb_action_types fb_source fb_ref fb_comment_id _ga _gl ga_source partner_source cvid wickedid wprov rb_clickid "
    "sref sfnsn smclient mibextid extid __cft__[0] __xts__[0] _branch_match_id _branch_referrer _openstat gs_l ved "
    "usg usqp amp_js_v amp_gsa amp_kit amp_ct __amp_source_origin noamp tblci dicbo ob_click_id zanpid kwcid "
    "sharetoken share_id unlocked_article_code reflink utmsource utmmedium utmcampaign"
)
TRACKING_PREFIXES = ("utm_", "at_", "pk_", "mtm_", "piwik_", "matomo_", "hsa_", "stm_", "itm_", "oly_", "ns_", "aff_")

# Session ids, which differ for every visitor: as parameters, and in the path.
SESSION = _words("phpsessid jsessionid sessionid session_id sessid cfid cftoken zenid oscsid")
SESSION_PREFIXES = ("aspsessionid",)
SESSION_PATH = re.compile(
    r"(?:;|%3B)(?:jsessionid|phpsessid|sid)=[^/?;]*|/\((?:[ASF]\([^()/]*\))+\)(?=/|$)", re.IGNORECASE
)

# Parameters that track on one site and name the page on another: dropped only when the value is no id.
AMBIGUOUS = _words(
    "ref referer referrer ref_src ref_url refsrc source src cid sid from via feature share sharetype partner campaign "
    "cmp_id medium origin link_source rss feedtype"
)

# What looks like an id: digits with or without separators, letters and digits mixed, or long hex with hyphens.
LOOKS_LIKE_ID = re.compile(rb"\d[\d._-]*|(?=[^0-9]*[0-9])[0-9A-Za-z]{5,}|[0-9A-Fa-f-]{32,36}")

# A name without a value is a flag (`?full`) when it is one word; anything else (`?12345`, `?a-story`) names a page.
FLAG = re.compile(rb"[A-Za-z_]*")

# Another form of the same page: parameter -> (values; what form). A value that says no ("0") is the page itself.
_SWITCH = frozenset((b"", b"0", b"1", b"true", b"false", b"yes", b"no", b"y", b"n", b"on", b"off"))
_PRINT, _AMP, _MOBILE = "print view", "AMP", "mobile form"
_FORM = frozenset((b"amp", b"print", b"printer", b"printable", b"printerfriendly", b"printer-friendly", b"print_view"))
OTHER_FORMS: dict[str, tuple[frozenset[bytes], str]] = {
    **dict.fromkeys(("amp", "_amp", "is_amp", "isamp"), (_SWITCH | {b"amp"}, _AMP)),
    **dict.fromkeys(("outputtype", "output", "format", "mode", "style", "template", "tmpl"), (_FORM, "print or AMP")),
    "view": (_FORM | {b"mobile"}, "another view"),
    **dict.fromkeys(
        ("print", "printable", "printview", "print_view", "print-view", "forprint"), (_SWITCH | {b"print"}, _PRINT)
    ),
    **dict.fromkeys(("printer", "printerfriendly", "printer_friendly", "printer-friendly"), (_SWITCH, _PRINT)),
    "pagewanted": (frozenset((b"print", b"all")), _PRINT),
    "m": (frozenset((b"1",)), _MOBILE),  # Blogger's
    "mobile": (_SWITCH, _MOBILE),
}

# Labels of a host, before its site, that serve another form of the same pages (`en.m.wikipedia.org`).
HOST_FORMS = frozenset(("www", "m", "mobile", "amp", "touch", "wap"))

# File names that a server gives for a folder.
INDEX = re.compile(
    r"/(?:index\.(?:html?|shtml|xhtml|phtml|php[345]?|jsp|jhtml|aspx?|cfm)|default\.(?:html?|aspx?))$", re.IGNORECASE
)

# Path segments that lead to an AMP or print form of the rest of the path, and files that do.
PATH_FORMS = {
    "amp": _AMP,
    **dict.fromkeys(("print", "printable", "printview", "print-view", "printerfriendly", "printer-friendly"), _PRINT),
}
PRINT_FILE = re.compile(r"/print(?:able|view)?\.(?:html?|php|aspx?)$", re.IGNORECASE)
NAMES_ARTICLE = re.compile(r"\d|-[^/]*-")  # a path that holds a number or a slug

# Pages that only lead on: host -> (path, the parameters that may hold the target). Google's are one host here.
_ANY = re.compile("")
WRAPPERS: dict[str, tuple[re.Pattern[str], tuple[str, ...]]] = {
    "google.com": (re.compile(r"/(?:url|imgres|interstitial)$"), ("q", "url", "imgrefurl")),
    "news.google.com": (_ANY, ("url",)),
    "facebook.com": (re.compile(r"/l\.php$|/flx/warn$"), ("u",)),
    "l.facebook.com": (re.compile(r"/l\.php$"), ("u",)),
    "lm.facebook.com": (re.compile(r"/l\.php$"), ("u",)),
    "l.messenger.com": (re.compile(r"/l\.php$"), ("u",)),
    "l.instagram.com": (_ANY, ("u",)),
    "l.threads.com": (_ANY, ("u",)),
    "l.threads.net": (_ANY, ("u",)),
    "out.reddit.com": (_ANY, ("url",)),
    "t.umblr.com": (re.compile(r"/redirect$"), ("z",)),
    "youtube.com": (re.compile(r"/redirect$"), ("q",)),
    "duckduckgo.com": (re.compile(r"/l$"), ("uddg",)),
    "slack-redir.net": (re.compile(r"/link$"), ("url",)),
    "steamcommunity.com": (re.compile(r"/linkfilter$"), ("url", "u")),
    "vk.com": (re.compile(r"/away\.php$"), ("to",)),
    "away.vk.com": (re.compile(r"/away\.php$"), ("to",)),
    "linkedin.com": (re.compile(r"/redir/redirect$|/safety/go$"), ("url",)),
    "flipboard.com": (re.compile(r"/redirect$"), ("url",)),
    "getpocket.com": (re.compile(r"/redirect$"), ("url",)),
    "exit.sc": (_ANY, ("url",)),
    "go.redirectingat.com": (_ANY, ("url",)),
    "safelinks.protection.outlook.com": (_ANY, ("url",)),
}
GOOGLE = re.compile(r"(news\.)?google\.(?:com|[a-z]{2}|com?\.[a-z]{2})")
SAFELINKS = ".safelinks.protection.outlook.com"  # Outlook's, one host a region

# AMP caches: (host's end, path's start) before "s/" (https) or the bare host of the page itself.
_CACHE = re.compile(r"/(?:[acivr]|wp)/(?:s/)?(?=[^/]+\.)")
AMP_CACHES = (
    (".cdn.ampproject.org", _CACHE),
    (".ampproject.net", _CACHE),
    (".bing-amp.com", _CACHE),
    (".google.com", re.compile(r"/amp/(?:s/)?(?=[^/]+\.)")),
)

# Sites that print others' stories and name the publisher's own page as canonical, and agencies whose stories others
# print: a canonical URL that leads from or to one of these is believed across sites.
SYNDICATORS = _words(
    "yahoo.com msn.com aol.com newsbreak.com smartnews.com flipboard.com apple.news upday.com pressreader.com "
    "headtopics.com inkl.com ground.news medium.com substack.com allafrica.com theconversation.com apnews.com "
    "reuters.com afp.com bloomberg.com prnewswire.com businesswire.com globenewswire.com accesswire.com newswire.com "
    "propublica.org kffhealthnews.org stacker.com statesnewsroom.com"
)
