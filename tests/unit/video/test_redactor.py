"""Messages about a download have no secret of its address or its cookies."""

from pathlib import Path

import pytest

from corpus.core.addresses import redact
from corpus.video.info_json import describe
from corpus.video.redactor import Redactor, cookie_values

ADDRESS = "https://ada:pass%20word@host.org/a?token=t0ken-1&zz=other-2"


@pytest.fixture
def cookies(tmp_path: Path) -> Path:
    """A cookies.txt with a short and a long value."""
    file = tmp_path / "cookies.txt"
    rows = ["host.org TRUE / FALSE 0 consent yes", "#HttpOnly_host.org TRUE / TRUE 0 id c00kie-3"]
    lines = ["# Netscape HTTP Cookie File", *(row.replace(" ", "\t") for row in rows)]
    file.write_text("\n".join(lines))
    return file


@pytest.mark.parametrize(
    "secret", ["pass word", "pass%20word", "YWRhOnBhc3Mgd29yZA==", "t0ken-1", "other-2", "c00kie-3"]
)
def test_secrets_are_hidden_wherever_they_stand(cookies: Path, secret: str) -> None:
    hidden = Redactor(ADDRESS, str(cookies)).hide(f"yes, failed: <{secret}> and 'x{secret}'")
    assert hidden == "yes, failed: <hidden> and 'xhidden'"


def test_signed_addresses_of_the_site_are_hidden(cookies: Path) -> None:
    text = "unable to open https://cdn.org/x.ts?Signature=abc&zz=def"
    hidden = Redactor(ADDRESS, str(cookies)).hide(text)
    assert hidden.startswith("unable to open https://cdn.org/x.ts?zz=hidden-")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"no cookies"])
def test_other_files_have_no_cookies(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.txt").write_bytes(content)
    assert cookie_values(str(tmp_path / "x.txt")) == set()
    assert cookie_values(str(tmp_path / "none.txt")) == cookie_values(None) == set()


def test_the_description_has_no_secret_and_no_unlisted_field(cookies: Path) -> None:
    info = {
        "id": "a", "title": "about t0ken-1", "duration": 1.5, "tags": ["c00kie-3", 7],
        "cookies": "id=x", "http_headers": {"Authorization": "x"}, "url": ADDRESS,
        "formats": [{"url": ADDRESS}], "webpage_url": ADDRESS, "chapters": [
            {"start_time": 0, "end_time": 1.5, "title": "one", "url": ADDRESS}
        ], "requested_subtitles": {"en": {"url": ADDRESS}}, "uploader": None, "epoch": 1,
    }  # fmt: skip
    assert describe(info, Redactor(ADDRESS, str(cookies))) == {
        "id": "a",
        "title": "about hidden",
        "duration": 1.5,
        "tags": ["hidden"],
        "webpage_url": redact(ADDRESS),
        "chapters": [{"start_time": 0, "end_time": 1.5, "title": "one"}],
        "subtitle_languages": ["en"],
    }
