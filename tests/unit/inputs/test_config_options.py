"""Faults in the option --config of Snakemake."""

import pytest

from corpus.inputs.config_options import option_faults


@pytest.mark.parametrize(
    ("options", "faults"),
    [
        ("--config title=a device=cpu --cores 2", []),
        ("-n --cores 2 page", []),
        ("page --config title=x=y -- faces", []),
        pytest.param(
            "--config title=a device=cpu title=b",
            ["--config, title: given 2 times; remove all but one"],
            marks=pytest.mark.fault("inputs", "--config gives a key twice", "refused with the key"),
        ),
        pytest.param(
            "-C title=a --config device=cpu",
            ["--config: given twice; write all keys after one --config"],
            marks=pytest.mark.fault(
                "inputs", "--config is given twice, of which Snakemake uses one", "refused"
            ),
        ),
        pytest.param(
            "--config device=cpu page",
            [
                "--config: 'page' is not a key with a value, such as device=cpu. Give targets "
                "before --config, or after --"
            ],
            marks=pytest.mark.fault(
                "inputs",
                "a target or a key without value follows --config",
                "one sentence, with the profiles",
            ),
        ),
    ],
)
def test_faults_in_the_option_config(options: str, faults: list[str]) -> None:
    assert list(map(str, option_faults(options.split()))) == faults
