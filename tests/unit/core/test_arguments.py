"""Scripts that are started by hand do not replace their own input."""

from argparse import Namespace
from pathlib import Path

import pytest

from corpus.core.arguments import with_distinct_files
from corpus.core.errors import InputError


@pytest.fixture
def own_video(tmp_path: Path) -> Path:
    """A video of the user, in a folder that a link leads to."""
    (tmp_path / "videos").mkdir()
    (tmp_path / "link").symlink_to("videos")
    path = tmp_path / "videos" / "talk.mp4"
    path.write_bytes(b"x")
    return path


@pytest.mark.fault(
    "exports",
    "a script is started by hand with its input as its output",
    "refused with both options; the file is unchanged",
)
@pytest.mark.parametrize("other", ["videos/talk.mp4", "link/talk.mp4", "link/../videos/talk.mp4"])
def test_the_output_cannot_be_an_input(own_video: Path, tmp_path: Path, other: str) -> None:
    options = Namespace(kind="blurred", media=own_video, output_file=tmp_path / other)
    with pytest.raises(InputError, match="--media and --output-file name the same file"):
        with_distinct_files(options, written=("output_file",))
    with pytest.raises(InputError, match="--files and --output name the same file"):
        with_distinct_files(Namespace(files=[own_video], output=tmp_path / other))


def test_a_link_that_the_output_replaces_is_accepted(own_video: Path, tmp_path: Path) -> None:
    (tmp_path / "out.mp4").symlink_to(own_video)
    options = Namespace(media=own_video, output=tmp_path / "out.mp4", twice=[own_video.parent] * 2)
    assert with_distinct_files(options) is options
    options = Namespace(tables=[own_video], people=own_video, results=tmp_path, other=None)
    assert with_distinct_files(options) is options


def test_scripts_that_read_files_of_the_user_or_are_run_by_hand_are_checked(root: Path) -> None:
    scripts = [*(root / "scripts").glob("export_*.py"), root / "scripts" / "import_elan.py"]
    assert len(scripts) > 6
    for script in [*scripts, root / "tools" / "erase_person.py"]:
        assert "return with_distinct_files(parser.parse_args(" in script.read_text(), script.name
