"""Side files of the page: scripts that hold nothing but data, with reproducible bytes."""

import base64
import gzip
import json
import re

import pytest

from corpus.core.side_files import side_file_text, write_json_side_file


def test_a_side_file_is_one_call_with_the_data(tmp_path):
    value = {"title": '</script>"\\ \u2028 Zoë', "numbers": [1, 2.5, None]}
    write_json_side_file(tmp_path / "page", "talk/gestures", value)
    text = (tmp_path / "page/talk/gestures.js").read_text(encoding="utf-8")
    call = re.fullmatch(r'sideFile\("talk/gestures","([A-Za-z0-9+/=]*)"\);\n', text)
    assert call
    assert json.loads(gzip.decompress(base64.b64decode(call[1]))) == value


def test_the_same_data_gives_the_same_bytes():
    data = bytes(range(256)) * 50
    text = side_file_text("a", data)
    assert text == side_file_text("a", data)
    packed = base64.b64decode(text.split('"')[3])
    # The header of the stream has neither a time nor a name (RFC 1952, section 2.3).
    assert packed[3:8] == bytes(5)


def test_numbers_that_json_has_not_are_refused(tmp_path):
    with pytest.raises(ValueError):
        write_json_side_file(tmp_path, "a", [float("nan")])
    assert list(tmp_path.iterdir()) == []
