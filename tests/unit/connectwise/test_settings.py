"""Addresses in every form that people have them."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from connectors.connectwise.settings import ConnectWiseSettings, Site

KEYS = {"company": "acme", "public_key": "pub-secret", "private_key": "priv-secret", "client_id": "cid-secret"}


@pytest.mark.parametrize(
    "url",
    [
        "https://na.myconnectwise.net",
        "na.myconnectwise.net",
        "NA.MyConnectWise.net/",
        "https://na.myconnectwise.net/v4_6_release/apis/3.0",
        "https://na.myconnectwise.net/v4_6_release/apis/3.0/",
        "na.myconnectwise.net/v2025_1/apis/3.0/company/companies",
        "https://na.myconnectwise.net/v4_6_release",
        "https://na.myconnectwise.net/apis/3.0",
        "https://na.myconnectwise.net//login/login.aspx",
        "https://api-na.myconnectwise.net/",
        " https://na.myconnectwise.net ",
    ],
)
def test_every_form_of_one_address_is_one_site(url: str) -> None:
    """A doubled path answers 400 "Cannot route", which looks like bad keys; people copy what they see."""
    site = Site.of(url)

    assert site == Site(api="https://api-na.myconnectwise.net", pages="https://na.myconnectwise.net")


@pytest.mark.parametrize(
    ("url", "api", "pages"),
    [
        ("za.myconnectwise.net", "https://api-za.myconnectwise.net", "https://za.myconnectwise.net"),
        ("staging.connectwisedev.com", "https://api-staging.connectwisedev.com", "https://staging.connectwisedev.com"),
        (
            "sandbox-na.myconnectwise.net",
            "https://sandbox-na.myconnectwise.net",
            "https://sandbox-na.myconnectwise.net",
        ),
        ("cw.acme.test", "https://cw.acme.test", "https://cw.acme.test"),
        ("https://cw.acme.test:8443/v4_6_release", "https://cw.acme.test:8443", "https://cw.acme.test:8443"),
        ("http://127.0.0.1:40123", "http://127.0.0.1:40123", "http://127.0.0.1:40123"),
        ("http://[::1]:40123/", "http://[::1]:40123", "http://[::1]:40123"),
        ("http://localhost:1", "http://localhost:1", "http://localhost:1"),
    ],
)
def test_only_known_cloud_hosts_are_turned_into_api_hosts(url: str, api: str, pages: str) -> None:
    """A self-hosted server answers on its own name; sandboxes are not confirmed, so they are left alone."""
    assert Site.of(url) == Site(api=api, pages=pages)


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("http://cw.acme.test", "https"),
        ("https://acme+pub-secret:priv-secret@na.myconnectwise.net", "user name"),
        ("https://cw.acme.test/portal", "leave only https://cw.acme.test"),
        ("https://cw.acme.test/?company=x", "leave only"),
        ("", "write the address"),
        ("ftp://cw.acme.test", "write the address"),
    ],
)
def test_an_unfit_address_is_refused_with_its_remedy(url: str, remedy: str) -> None:
    """The message says what to write; it never repeats what was written, which may hold keys."""
    with pytest.raises(ValidationError) as caught:
        ConnectWiseSettings(url=url, **KEYS)  # type: ignore[arg-type]  # as read from the file

    assert remedy in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "wrong", [{"company": ""}, {"company": "acme+pub"}, {"private_key": " "}, {"page_size": 1001}, {"pagesize": 10}]
)
def test_unfit_settings_are_refused(wrong: dict[str, object]) -> None:
    """Unknown keys too: a typo must not silently leave a default in force."""
    with pytest.raises(ValidationError) as caught:
        ConnectWiseSettings(url="na.myconnectwise.net", **{**KEYS, **wrong})  # type: ignore[arg-type]

    assert "secret" not in str(caught.value)


def test_no_secret_stands_in_the_repr() -> None:
    """Settings end up in tracebacks."""
    settings = ConnectWiseSettings(url="na.myconnectwise.net", **KEYS)  # type: ignore[arg-type]

    assert "secret" not in repr(settings)
    assert "secret" not in str(settings)


def test_a_private_authority_is_trusted_by_its_file() -> None:
    """Self-hosted servers often carry a certificate of the company's own."""
    settings = ConnectWiseSettings(url="cw.acme.test", ca_file=Path("/etc/ssl/acme.pem"), **KEYS)  # type: ignore[arg-type]

    assert settings.trust == "/etc/ssl/acme.pem"
    assert settings.model_copy(update={"verify": False}).trust is False


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("https://foo bar", "for example https://na.myconnectwise.net"),
        ("https://a:99999", "for example https://na.myconnectwise.net"),
        ("https://[::1", "for example https://na.myconnectwise.net"),
        ("https://a..b", "for example https://na.myconnectwise.net"),
        ("psa.example;drop", "for example https://na.myconnectwise.net"),
        ("https://1.2.3", "for example https://na.myconnectwise.net"),
        ("eu", "write the whole address: https://eu.myconnectwise.net"),
    ],
)
def test_an_address_that_cannot_be_is_refused_with_an_example(url: str, remedy: str) -> None:
    """It would be written into the settings, and every later command would fail at it."""
    with pytest.raises(ValueError, match=remedy):
        Site.of(url)
