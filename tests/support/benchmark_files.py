"""Writes benchmark files in the format of Snakemake."""

from pathlib import Path

BASIC_COLUMNS = ["s", "h:m:s", "max_rss", "max_pss", "cpu_time"]
EXTENDED_COLUMNS = [*BASIC_COLUMNS, "rule_name", "threads", "resources", "input_size_mb"]


def write_benchmark(path: Path, *, columns: list[str] = EXTENDED_COLUMNS, **cells: object) -> Path:
    """Write the benchmark file of one job. By default the job ran for a minute.

    `cells` replace default values, by column.
    """
    defaults = {
        "s": "60.00",
        "h:m:s": "0:01:00",
        "max_rss": "1024.00",
        "max_pss": "1000.00",
        "cpu_time": "22.50",
        "rule_name": path.parent.name,
        "threads": 1,
        "resources": {"tmpdir": "/tmp", "mem_mb": 5120, "runtime": 10},
        "input_size_mb": {},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    row = [str((defaults | cells)[column]) for column in columns]
    path.write_text("\t".join(columns) + "\n" + "\t".join(row) + "\n")
    return path
