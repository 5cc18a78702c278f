"""Addresses are shown without credentials, and sources without the folders of a computer."""

from urllib.parse import quote

import pytest

from corpus.core.addresses import is_url, redact, redact_text, secrets_of, shareable_source

SECRET = "S3cret-9f8e7d6c"
PLACES = {
    "password": f"https://jane.doe:{SECRET}@host.org/a/clip.mp4",
    "password with a slash": f"https://jane.doe:x/{SECRET}@host.org/a/clip.mp4",
    "password with marks": f"https://jane.doe:x?#{SECRET}@host.org/a/clip.mp4",
    "user name only": f"https://{SECRET}@host.org/a/clip.mp4",
    "encoded password": f"ftp://jane.doe:{quote('ä ')}{SECRET}@host.org/a/clip.mp4",
    "jsessionid": f"https://host.org/a/clip.mp4;jsessionid={SECRET}",
    "token in the path": f"https://host.org/token/{SECRET}/clip.mp4",
    "signature in the path": f"https://host.org/hdntl=exp=1~acl=/*~hmac={SECRET}/clip.mp4",
    "web token in the path": f"https://host.org/eyJhbGciOi.{SECRET}.x/clip.mp4",
    "fragment": f"https://host.org/a/clip.mp4#access_token={SECRET}&t=3",
    "fragment without a name": f"https://host.org/a/clip.mp4#{SECRET}",
    "query without a name": f"https://host.org/a/clip.mp4?{SECRET}",
    "address in a parameter": f"https://host.org/a?url=https%3A%2F%2Fjane%3A{SECRET}%40b.org%2Fx",
    "address that names a video": f"https://host.org/a?file=https://jane:{SECRET}@b.org/x",
    "no host": f"https://?token={SECRET}",
    "odd host": f"http://[bad/x?token={SECRET}",
}
CREDENTIALS = (
    "token access_token accessToken sig signature X-Amz-Signature X-Amz-Credential "
    "X-Goog-Signature Key-Pair-Id Policy auth authkey hdnts hdnea __gda__token session PHPSESSID "
    "apikey api_key pwd passwort_hash_pwd wmsAuthSign expires exp jwt ticket user"
).split()
UNKNOWN = "key code pin sid uid zugang zz hash md5 st resourcekey h k appid".split()
PUBLIC = [
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=PLabc_-1&index=3&t=1m30s",
    "https://vimeo.com/123456/abcdef0123",
    "https://media.example.org/v/Ada%20Lovelace.mp4?id=a1B2-c3_d4&lang=en#t=12",
    "https://example.org/watch?video_id=123e4567-e89b-12d3-a456-426614174000",
    "https://example.org/player?film=4711&hd=1&x=",
    "https://example.org/a?",
    "http://[::1]:8080/clip.mp4",
    "http://127.0.0.1:8080/user/session/42/clip.mp4",
]


@pytest.mark.fault("privacy", "credentials anywhere in an address", "the address shows none")
@pytest.mark.parametrize("address", PLACES.values(), ids=PLACES)
def test_no_credential_remains(address: str) -> None:
    redacted = redact(address)
    assert SECRET not in redacted and "jane" not in redacted
    assert redact(redacted) == redacted
    assert any(SECRET in secret for secret in secrets_of(address))


@pytest.mark.parametrize("name", CREDENTIALS)
def test_a_new_credential_is_the_same_address(name: str) -> None:
    addresses = [f"https://host.org/a?id=x1&{name}={value}" for value in (SECRET, "other-1")]
    assert {redact(address) for address in addresses} == {"https://host.org/a?id=x1"}


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_parameter_with_an_unknown_name_is_hidden_but_tells_videos_apart(name: str) -> None:
    first, second = (redact(f"https://host.org/a?{name}={value}") for value in (SECRET, "other-1"))
    assert first != second
    assert first.startswith(f"https://host.org/a?{name}=hidden-") and SECRET not in first


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_without_credentials_stays_as_it_is(address: str) -> None:
    assert redact(address) == address
    assert shareable_source(address) == address
    assert secrets_of(address) == set()


def test_the_one_who_shared_an_address_is_not_part_of_it() -> None:
    assert redact("https://youtu.be/dQw4w9WgXcQ?si=aBcD&t=4") == "https://youtu.be/dQw4w9WgXcQ?t=4"


def test_all_forms_of_a_password_are_found_in_other_texts() -> None:
    secrets = secrets_of("https://jane:p%20ss-word@host.org/x")
    assert {"jane", "p%20ss-word", "p ss-word", "amFuZTpwIHNzLXdvcmQ="} <= secrets


@pytest.mark.parametrize(
    "text",
    [
        f"Unable to download 'https://jane:{SECRET}@host.org/x.ts?sig={SECRET}': HTTP Error 403",
        f"Max retries exceeded with url: /clip.mp4?sig={SECRET} (Caused by timeout)",
        f"segment1.ts?zz={SECRET}",
        f"Input #0, hls, from 'https://host.org/a.m3u8?zz={SECRET}':",
    ],
)
def test_addresses_in_messages_are_redacted(text: str) -> None:
    assert SECRET not in redact_text(text)
    assert len(redact_text(text).split()) == len(text.split())


def test_other_messages_stay_as_they_are() -> None:
    text = "[download] 40 % of 3.1 MB; is it /a/b.mp4? https://example.org/a?v=1 (caused by x=1)"
    assert redact_text(text) == text


@pytest.mark.parametrize(
    ("source", "shareable"),
    [
        ("/home/ada/study 7/Ada.mp4", "Ada.mp4"),
        ("../../home/ada/Ada.mp4", "Ada.mp4"),
        ("~/study 7/Ada.mp4", "Ada.mp4"),
        ("$HOME/Ada.mp4", "Ada.mp4"),
        (r"C:\Users\ada\Ada.mp4", "Ada.mp4"),
        ("clips/Ada.mp4", "clips/Ada.mp4"),
        ("../Ada.mp4", "../Ada.mp4"),
        ("a..b/Ada.mp4", "a..b/Ada.mp4"),
    ],
)
def test_paths_are_shared_without_folders_of_this_computer(source: str, shareable: str) -> None:
    assert shareable_source(source) == shareable


def test_web_addresses_have_a_scheme() -> None:
    assert is_url("https://example.org/a.mp4") and not is_url("clips/a.mp4")
