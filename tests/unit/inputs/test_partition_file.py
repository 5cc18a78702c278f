"""Faults in the file that describes the partitions of a SLURM cluster."""

from pathlib import Path

import pytest

from corpus.inputs.partition_file import KEYS, partition_faults
from repository import ROOT


def faults(folder: Path, text: str) -> list[str]:
    """The faults of a partition file with this text, without the name of the file."""
    file = folder / "partitions.yaml"
    file.write_text(text)
    return [fault.text for fault in partition_faults(file)]


def test_the_file_of_the_profile_has_no_faults() -> None:
    assert partition_faults(ROOT / "profiles" / "slurm" / "partitions.yaml") == []


def test_the_keys_are_those_of_the_executor() -> None:
    from snakemake_executor_plugin_slurm.partitions import PartitionLimits

    clusters = {"cluster", "clusters", "slurm_cluster"}
    assert KEYS.keys() == set(PartitionLimits.__dataclass_fields__) | clusters


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ("max_mem: 8000", "max_mem: no such key; did you mean max_mem_mb?"),
        ("foo: red", "foo: no such key; it must be one of max_runtime, max_mem_mb, "),
        ("max_mem_mb: '8000'", "max_mem_mb: '8000'; remove the quotes"),
        ("max_mem_mb: 8G", "max_mem_mb: 8G; it must be a number above 0, without a unit"),
        ("max_mem_mb: 0", "max_mem_mb: 0; it must be a number above 0"),
        ("max_nodes: .inf", "max_nodes: .inf; it must be a number above 0"),
        ("max_threads: .nan", "max_threads: .nan; it must be a number above 0"),
        ("max_threads: [4]", "max_threads: a list; it must be a number above 0"),
        ("max_threads:", "max_threads: empty; it must be a number above 0"),
        ("max_gpu: two", "max_gpu: two; it must be the number of GPUs of one node, such as 2"),
        ("max_gpu: 0.5", "max_gpu: 0.5; it must be the number of GPUs"),
        ("max_runtime: UNLIMITED", "max_runtime: UNLIMITED; it must be minutes, such as 1440, or"),
        ("max_runtime: 0", "max_runtime: 0; it must be minutes"),
        ("max_runtime: 12:00:00", "max_runtime: 12:00:00; put a time with colons in quotes: '12"),
        ("available_gpu_models: a100", "available_gpu_models: a100; it must be a list of names"),
        ("supports_mpi: 1", "supports_mpi: 1; it must be true or false"),
        ("cluster: 3", "cluster: 3; it must be the name of a cluster"),
    ],
)
@pytest.mark.fault(
    "slurm",
    "wrong keys, units or text for numbers in the partition file",
    "named at the start, with the line and what to change",
)
def test_a_wrong_limit_is_named_with_its_line(tmp_path: Path, limits: str, message: str) -> None:
    [fault] = faults(tmp_path, f"# mine\npartitions:\n  cpu:\n    {limits}\n")
    assert fault.startswith(f"line 4, partitions.cpu.{message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no keys; write at least one, such as partitions: {cpu: {max_runtime: 1440,"),
        ("- cpu\n", "no keys; write at least one, such as partitions:"),
        ("partitions:\n\tcpu: {}\n", "line 2: a tab; use spaces instead"),
        ("partitions: {}\n", "line 1, partitions: it must list at least one partition"),
        ("partitions: [cpu]\n", "line 1, partitions: it must list at least one partition"),
        ("partitions:\n  cpu:\n", "line 2, partitions.cpu: it must have limits, such as max_mem"),
        ("partitions:\n  7: {}\n", "line 2, partitions.7: the name of a partition must be text"),
        ("partitions:\n  a: {}\n  a: {}\n", "line 3, partitions.a: given twice, first in line 2"),
    ],
)
@pytest.mark.fault(
    "slurm",
    "the partition file is not YAML, or its form is wrong",
    "named at the start, with the line and what to change",
)
def test_a_wrong_form_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    [fault] = faults(tmp_path, text)
    assert fault.startswith(message)


@pytest.mark.fault(
    "slurm",
    "several faults in the partition file",
    "named at the start, with the line and what to change",
)
def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    text = "partition:\n  cpu: {}\n"
    assert [fault.split(";")[0] for fault in faults(tmp_path, text)] == [
        "line 1, partition: no such key",
        "the key partitions is missing",
    ]
    text = "partitions:\n  a: {max_gpus: 2}\n  b: {max_mem_mb: x, max_runtime: y}\n"
    assert [fault.split(":")[0] for fault in faults(tmp_path, text)] == [
        "line 2, partitions.a.max_gpus",
        "line 3, partitions.b.max_mem_mb",
        "line 3, partitions.b.max_runtime",
    ]


@pytest.mark.fault(
    "slurm", "the partition file is missing", "named at the start, with the line and what to change"
)
def test_a_missing_file_is_named(tmp_path: Path) -> None:
    [fault] = partition_faults(tmp_path / "gone.yaml")
    assert str(fault).startswith(f"{tmp_path}/gone.yaml: no such file; slurm-partition-config in")


@pytest.mark.parametrize(
    "limits",
    ["{}", "{max_runtime: 3d}", "{max_runtime: '12:00:00'}", "{max_runtime: 3-00:00:00}",
     "{max_runtime: 90.5, max_gpu: 0}", "{max_mem_mb: 16_000, available_gpu_models: [a100]}"],
)  # fmt: skip
def test_valid_limits_have_no_faults(tmp_path: Path, limits: str) -> None:
    file = tmp_path / "partitions.yaml"
    file.write_text(f"partitions:\n  cpu: {limits}\n")
    assert partition_faults(file) == []


def test_limits_may_be_shared_by_partitions(tmp_path: Path) -> None:
    text = "partitions:\n  a: &a {max_mem_mb: 8000}\n  b:\n    <<: *a\n    max_gpu: 1\n"
    assert faults(tmp_path, text) == []
