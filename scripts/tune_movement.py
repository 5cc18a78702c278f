"""Find the settings of movement phases that agree best with coders, cross-validated over videos.

python scripts/tune_movement.py --results results/mine --videos config/mine.tsv \
    --annotations results/mine/annotations.parquet --coders config/mine_annotations/coders.tsv \
    --files config/mine_annotations/*.eaf --settings results/mine/report/tuning.yaml \
    --trials results/mine/report/tuning.tsv --onset-speed 1.0 ...
"""

import argparse
import logging
from dataclasses import fields
from pathlib import Path

from corpus.agreement import coding_table
from corpus.agreement.corpus_streams import read_streams
from corpus.agreement.phase_trials import trial_settings
from corpus.agreement.tuning import is_coder, measure_trials, tune
from corpus.agreement.tuning_report import settings_text, trial_table
from corpus.core.arguments import with_distinct_files
from corpus.core.atomic_files import write_text
from corpus.core.errors import run
from corpus.inputs import manifest
from corpus.movement.settings import MovementSettings
from corpus.report import plot_style
from corpus.tables import parquet


def main() -> None:
    """Read the options and the coders' annotations, measure all trials, write the best one."""
    options = parse_arguments()
    current = MovementSettings.from_mapping(vars(options))
    videos = manifest.read(options.videos, check_files=False)
    coded_tiers = coding_table.read(options.coders, videos, options.files)
    streams, _ = read_streams(options.results, options.annotations, coded_tiers)
    trials = trial_settings(current)
    tracks = parquet.read(options.results / "tracks.parquet")
    coders = filter(is_coder, streams)
    tuning = tune(*measure_trials(options.results, coders, tracks, trials))
    text = settings_text(tuning, trials)
    write_text(options.settings, text)
    plot_style.write_table(options.trials, trial_table(tuning, trials))
    logging.info("%s", text)


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--results", required=True, type=Path, help="folder with keypoints, frames and phases")
    add("--videos", required=True, type=Path, help="manifest")
    add("--annotations", required=True, type=Path, help="table annotations")
    add("--coders", required=True, type=Path, help="coders.tsv: the tiers to compare")
    add("--files", required=True, type=Path, nargs="+", help="ELAN files beside coders.tsv")
    add("--settings", required=True, type=Path, help="YAML file to write: the best settings")
    add("--trials", required=True, type=Path, help="TSV file to write: all trials")
    for field in fields(MovementSettings):
        flag, text = f"--{field.name.replace('_', '-')}", f"config key movement.{field.name}"
        if field.type in (bool, "bool"):
            add(flag, required=True, action=argparse.BooleanOptionalAction, help=text)
        else:
            add(flag, required=True, type=float, help=text)
    return with_distinct_files(parser.parse_args())


if __name__ == "__main__":
    run(main)
