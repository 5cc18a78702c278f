"""A manifest that is edited while the workflow runs is named as the reason."""

import pytest

from corpus.core.errors import InputError
from corpus.inputs.manifest_changes import require_rows


@pytest.mark.fault(
    "inputs",
    "a row of the manifest is removed while the workflow runs",
    "one line names the video and says to run again",
)
def test_a_removed_row_is_named() -> None:
    require_rows({"a": {}, "b": {}}, ["a", "a"])
    with pytest.raises(InputError, match="no row for c, but .* edited .* Run snakemake again"):
        require_rows({"a": {}}, ["a", "c", "c"])
    with pytest.raises(InputError, match="v0, v1, v2, v3, v4 and 2 more, but"):
        require_rows({}, [f"v{n}" for n in range(7)])
