"""The tables behind URL identity: which parts of a URL never say which page it is.

Each entry was chosen for being safe: a rule that merges two different pages costs an article, one that misses a
tracker costs only a duplicate that equal text still finds.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Parameters (in lower case) that say where a reader came from or who is counting, never what is read.
TRACKING = _words(
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid ttclid li_fat_id igshid igsh epik srsltid "
    "mc_cid mc_eid mkt_tok _hsenc _hsmi __hstc __hssc __hsfp ml_subscriber ml_subscriber_hash vero_id "
    "cmp cmpid intcmp icid ncid ocid ito mod smid smtyp taid xtor spm wt.mc_id wt_mc wtmc s_cid sc_cid mbid "
    "ns_source ns_mchannel ns_campaign ns_linkname ns_fee soc_src soc_trk sr_share __twitter_impression "
    "__tn__ guccounter guce_referrer guce_referrer_sig ftag action_type_map action_object_map fb_action_ids "
    "fb_action_types fb_source fb_ref _ga _gl ga_source partner_source"
)
TRACKING_PREFIXES = ("utm_", "at_", "pk_", "mtm_", "piwik_", "matomo_", "hsa_", "stm_", "itm_", "oly_", "ns_")

# Session ids, which differ for every visitor.
SESSION = _words("phpsessid jsessionid sessionid session_id aspsessionid cfid cftoken zenid oscsid")

# Parameters that track on one site and name the page on another: dropped only when the value is no id.
AMBIGUOUS = _words(
    "ref referer referrer ref_src ref_url refsrc source src cid sid from via feature share sharetype partner campaign "
    "cmp_id medium origin link_source rss feedtype"
)

# What looks like an id: a number, or letters and digits mixed without a separator, or long hex with hyphens.
LOOKS_LIKE_ID = re.compile(r"\d+|(?=[^0-9]*[0-9])[0-9A-Za-z]{5,}|[0-9A-Fa-f-]{32,36}")

# Another form of the same page: (parameter, values; empty: any value).
OTHER_FORMS: dict[str, frozenset[str]] = {
    "amp": frozenset(("1", "true", "yes", "amp", "")),
    "outputtype": frozenset(("amp", "print")),
    "output": frozenset(("amp", "print")),
    "format": frozenset(("amp", "print")),
    "view": frozenset(("print", "amp", "mobile")),
    "print": frozenset(("1", "true", "yes", "y", "print", "")),
    "printable": frozenset(("1", "true", "yes", "")),
    "printerfriendly": frozenset(("1", "true", "yes", "")),
    "pagewanted": frozenset(("print", "all")),
    "m": frozenset(("1",)),
    "mobile": frozenset(("1", "true")),
}

# Leading labels of a host that serve another form of the same site.
HOST_FORMS = frozenset(("www", "m", "mobile", "amp"))

# File names that a server gives for a folder.
INDEX = re.compile(r"/(?:index\.(?:html?|shtml|xhtml|php|jsp|aspx?|cfm)|default\.(?:html?|aspx?))$", re.IGNORECASE)

# Path segments that lead to an AMP or print form of what stands before them.
PATH_FORMS = frozenset(("amp", "print"))

# Pages that only lead on: (host, path) -> the parameters that may hold the target.
WRAPPERS: dict[tuple[str, str], tuple[str, ...]] = {
    ("google.com", "/url"): ("q", "url"),
    ("l.facebook.com", "/l.php"): ("u",),
    ("lm.facebook.com", "/l.php"): ("u",),
    ("facebook.com", "/l.php"): ("u",),
    ("l.instagram.com", ""): ("u",),
    ("out.reddit.com", ""): ("url",),
    ("t.umblr.com", "/redirect"): ("z",),
    ("youtube.com", "/redirect"): ("q",),
    ("slack-redir.net", "/link"): ("url",),
    ("steamcommunity.com", "/linkfilter"): ("url", "u"),
    ("vk.com", "/away.php"): ("to",),
    ("linkedin.com", "/redir/redirect"): ("url",),
}

# AMP caches: (host's end, path's start) before "s/" (https) or the bare host of the page itself.
AMP_CACHES = (
    (".cdn.ampproject.org", re.compile(r"/[acivr]/(?:s/)?(?=[^/]+\.)")),
    (".ampproject.net", re.compile(r"/[acivr]/(?:s/)?(?=[^/]+\.)")),
    (".google.com", re.compile(r"/amp/(?:s/)?(?=[^/]+\.)")),
    (".bing-amp.com", re.compile(r"/[acivr]/(?:s/)?(?=[^/]+\.)")),
)
