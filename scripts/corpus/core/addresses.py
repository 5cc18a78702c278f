"""Web addresses without credentials, and sources without the folders of a computer.

Addresses of videos may hold credentials: a password before the host, a signature or a token in the
query, in the path or in the fragment. Results, logs and Snakemake's own files show an address only
as `redact` returns it:

| part | what remains |
|---|---|
| user name and password | nothing |
| a parameter with the name of a credential (`token`, `X-Amz-Signature`) or of a tracker (`si`) | |
| | nothing: it does not say which video it is, so a new token is the same video |
| a parameter that names a video or a place in it (`v`, `id`, `list`, `t`) | all of it |
| any other parameter | a short number or switch; else `hidden-` and 4 digits of a checksum |
| a token within the path | `hidden` |

The checksum tells two videos apart whose parameter has a name that is not known here. It is short,
so that it cannot confirm a guessed password. An address without any of this stays as it is.

Every job of the workflow imports this module: use only the standard library.
"""

import hashlib
import re
from base64 import b64encode
from urllib.parse import unquote

HIDDEN = "hidden"
URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_CREDENTIALS = re.compile(
    r"token|signature|secret|passw|pwd|credential|auth(?!or)|sess(?!ion_?n)|hmac|jwt|bearer|cookie"
    r"|api_?key|access_?key|key_?pair|accessid|expire|expiry|policy|nonce|csrf|ticket|login"
    r"|^(?:sig|exp|pass|pw|hdn\w*|user(?:name)?|e?mail)$|^x_(?:amz|goog|ms)_"
)
"""Names of parameters that are credentials, or that come with them. `-` and `.` count as `_`."""
_TRACKERS = re.compile(r"^(?:si|igsh|igshid|fbclid|gclid|mc_eid|utm_\w+)$")
"""Names of parameters that say who shared an address."""
_IDENTIFIERS = re.compile(
    r"^(?:v|\w*(?<!key)(?<!user)(?<!account)(?<!client)(?<!device)(?<!ap[ip])(?<!\b[su])id|vid"
    r"|video|clip|media|movie|episode|ep|list|playlist|index|page|part|start|end|time|time_continue"
    r"|lang|hl|locale|format|fmt|quality|res|type|file|filename|path|name|title|track|channel|show"
    r"|season|item|asset|entry|doc|document|record|lecture|course|download|dl|width|height)$"
)
"""Names of parameters that say which video an address leads to, and how it is shown."""
_PLAIN_VALUE = re.compile(
    r"\d{0,8}|(?:\d{1,4}[hms]){1,3}|.{1,2}|true|false|yes|no|hidden(?:-[0-9a-f]{4})?", re.IGNORECASE
)
_IDENTIFIER_VALUE = re.compile(r"(?!eyJ)(?:(?!%3A%2F|%40)[^@:=]){0,64}", re.IGNORECASE)
_JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")
_PATH_TOKEN = re.compile(
    r"(?<=/)((?:\w*token|sig|signature|secret|passw\w*|auth|hmac|jwt|api_?key))/[^/]+",
    re.IGNORECASE,
)
_PATH_PAIR = re.compile(r"([A-Za-z][\w.-]*)=([^~;,&/]*)")
_LINK_IN_TEXT = re.compile(r"[^\s\"'<>]+")
_MIN_SECRET_LENGTH = 4
"""Shorter texts are not searched in messages: they are parts of ordinary words."""


def is_url(source: str) -> bool:
    """True for a web address, false for the path of a local file."""
    return bool(URL.match(source))


def shareable_source(source: str) -> str:
    """The source without credentials and folders of this computer, for results.

    Only the name of the file is left of a path to folders outside that of the manifest.
    """
    if is_url(source):
        return redact(source)
    *folders, name = source.replace("\\", "/").split("/")
    is_absolute = re.match(r"[/\\~$]|[A-Za-z]:", source)
    is_outside = ".." in folders and set(folders) - {"..", "."}
    return name if is_absolute or is_outside else source


def redact(address: str) -> str:
    """The address without credentials. Any text can be passed, and the result again."""
    redacted, hidden = _split_secrets(address)
    return redacted if hidden else address


def secrets_of(address: str) -> set[str]:
    """The texts that `redact` removes, as they are written and decoded, to find them elsewhere."""
    hidden = _split_secrets(address)[1]
    user_infos = [text for text in hidden if ":" in text]
    parts = {part for text in user_infos for part in text.split(":", 1)}
    basic = {b64encode(unquote(text).encode()).decode() for text in user_infos}
    texts = {*hidden, *parts, *basic}
    texts |= {unquote(text) for text in texts}
    return {text for text in texts if len(text) >= _MIN_SECRET_LENGTH}


def redact_text(text: str) -> str:
    """A message with all web addresses redacted, also those without a host."""

    def replacement(word: re.Match) -> str:
        if found := URL.search(word[0]):
            return word[0][: found.start()] + redact(word[0][found.start() :])
        return _redact_place(word[0])[0] if re.search(r"[?;&].*=", word[0]) else word[0]

    return _LINK_IN_TEXT.sub(replacement, text)


def _split_secrets(address: str) -> tuple[str, list[str]]:
    """The redacted address, and what was removed from it."""
    scheme, separator, rest = address.partition("://")
    if not separator:
        return address, []
    # A password with `/`, `?` or `#` that is not encoded: the text before it is no host and port.
    is_odd = re.match(r"[^\[/?#@]*:(?!\d*(?:[/?#]|$))", rest)
    authority_end = len(rest) if is_odd else re.match(r"[^/?#]*", rest).end()  # pyright: ignore
    user_info, at, _ = rest[:authority_end].rpartition("@")
    place, hidden = _redact_place(rest[len(user_info + at) :])
    return f"{scheme}://{place}", [user_info] * bool(user_info) + hidden


def _redact_place(place: str) -> tuple[str, list[str]]:
    """What follows the user name in an address, redacted, and what was removed."""
    before_fragment, hash_mark, fragment = place.partition("#")
    path, question_mark, query = before_fragment.partition("?")
    hidden: list[str] = []
    text = _redact_path(path, hidden)
    for mark, part in ((question_mark, query), (hash_mark, fragment)):
        pairs = [_redact_pair(pair, hidden) for pair in re.split(r"(?<=[&;])", part)]
        kept = "".join(pair for pair in pairs if pair is not None)
        text += f"{mark}{kept.rstrip('&;') if None in pairs else kept}" if kept else ""
    return text, hidden


def _redact_path(path: str, hidden: list[str]) -> str:
    def hide(text: str) -> str:
        hidden.append(text)
        return HIDDEN

    def hide_pair(found: re.Match) -> str:
        is_secret = _is_credential(found[1]) and found[2] != HIDDEN
        return f"{found[1]}={hide(found[2])}" if is_secret else found[0]

    path = _JWT.sub(lambda found: hide(found[0]), path)
    path = _PATH_TOKEN.sub(
        lambda found: (
            f"{found[1]}/{hide(found[0].rpartition('/')[2])}"
            if not found[0].endswith(f"/{HIDDEN}")
            else found[0]
        ),
        path,
    )
    return _PATH_PAIR.sub(hide_pair, path)


def _redact_pair(pair: str, hidden: list[str]) -> str | None:
    """One parameter with the separator behind it, redacted; None where nothing of it remains."""
    text = pair.rstrip("&;")
    name, equals, value = text.partition("=")
    if not equals:
        name, value = "", text
    if name and (_is_credential(name) or _TRACKERS.match(_normalised(name))):
        hidden += [value]
        return None
    names_video = name and _IDENTIFIERS.match(_normalised(name))
    if _PLAIN_VALUE.fullmatch(value) or names_video and _IDENTIFIER_VALUE.fullmatch(value):
        return pair
    hidden.append(value)
    digits = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:4]
    return f"{name}{equals}{HIDDEN}-{digits}{pair[len(text) :]}"


def _is_credential(name: str) -> bool:
    return bool(_CREDENTIALS.search(_normalised(name)))


def _normalised(name: str) -> str:
    return re.sub(r"[-.]", "_", unquote(name)).lower()
