"""Hosts and sites."""

from __future__ import annotations

import pytest

from dateline.urls import host_name, same_site, site_of


@pytest.mark.parametrize(
    ("url", "host", "site"),
    [
        ("https://News.Example.CO.UK/a", "news.example.co.uk", "example.co.uk"),
        ("http://example.org:80/", "example.org", "example.org"),
        ("https://example.org:443/", "example.org", "example.org"),
        ("http://example.org:8080/", "example.org:8080", "example.org"),
        ("http://127.0.0.1:8400/x", "127.0.0.1:8400", "127.0.0.1:8400"),
        ("http://[::1]:8400/x", "[::1]:8400", "[::1]:8400"),
        ("http://localhost:8400/x", "localhost:8400", "localhost:8400"),
        ("https://someone.github.io/feed", "someone.github.io", "someone.github.io"),
        ("https://example.org./", "example.org", "example.org"),
    ],
)
def test_a_url_names_its_host_and_site(url: str, host: str, site: str) -> None:
    assert host_name(url) == host
    assert site_of(host) == site


@pytest.mark.parametrize("url", ["ftp://example.org/", "example.org", "http:///x", "mailto:a@b.c", ""])
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="not an http or https URL"):
        host_name(url)


def test_hosts_of_one_domain_are_one_site_and_lookalikes_are_not() -> None:
    assert same_site("http://example.org/", "https://www.example.org/")
    assert not same_site("https://example.org/", "https://example.org.evil.net/")
    assert not same_site("http://127.0.0.1:1/", "http://127.0.0.1:2/")
