"""Erase people from the results: their rows and pictures, and everything derived from them.

python tools/erase_person.py --results results/mine --videos config/mine.tsv \
    --people config/mine_people.tsv --annotations config/mine_annotations --person p0003

Without --yes, the program only lists what it would change. After an erasure, run snakemake: it
makes the deleted files again without these people, and searches no video again. The videos still
show the people. The folder config/mine_erased keeps where, so that they stay erased: see
docs/erasing_people.md.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.core.arguments import with_distinct_files
from corpus.core.errors import run
from corpus.core.user_edits import USER_TEXTS, preserve_edited_files
from corpus.elan.edit_detection import is_unedited
from corpus.inputs import access, erased_folder, manifest
from corpus.privacy import erasure, erasure_plan, erasure_report


def main() -> None:
    """Read the options, list what would change, and erase it if --yes is given."""
    options = parse_arguments()
    access.follow_folder(options.results)
    plan = erasure_plan.plan_erasure(
        options.results, erased_path(options), options.person, options.known
    )
    print("\n".join(erasure_report.describe_changes(plan) + describe_limits(options, plan)))
    if not options.yes:
        print(
            "Nothing was changed. Add --yes to erase them. Do not run snakemake on these results "
            "at the same time."
        )
        return
    copies = preserve_edited_files(plan.eaf_files, options.annotations, is_unedited)
    texts = [options.results / name for name in USER_TEXTS]
    copies += preserve_edited_files(texts, options.annotations)
    erasure.erase_people(plan, options.people, options.known)
    for copy in copies:
        print(f"Kept because somebody edited it; it may still contain them: {copy}")
    print("Done. Run snakemake now to make the deleted files again.")


def describe_limits(options: argparse.Namespace, plan: erasure_plan.ErasurePlan) -> list[str]:
    """Lines of text about data that the erasure does not reach."""
    videos = manifest.read(options.videos, check_files=False)
    other_videos = erasure_plan.videos_outside_manifest(options.results, videos)
    return [
        *erasure_report.describe_other_videos(other_videos, options.videos),
        *erasure_report.describe_limits(
            plan,
            options.annotations,
            people_tsv=options.people,
            has_known_people=options.known is not None,
        ),
    ]


def erased_path(options: argparse.Namespace) -> Path:
    """The folder that keeps erased people erased."""
    return options.erased or Path(erased_folder.default_folder(options.videos))


def parse_arguments() -> argparse.Namespace:
    """Options of this program."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", required=True, type=Path, help="config key results")
    parser.add_argument("--videos", required=True, type=Path, help="manifest, config key videos")
    parser.add_argument(
        "--annotations", required=True, type=Path, help="folder, config key annotations"
    )
    parser.add_argument(
        "--people",
        type=Path,
        help="your people.tsv, config key people; their rows are removed from it",
    )
    parser.add_argument(
        "--known",
        type=Path,
        help="file of known people, config key clustering.known; their rows are removed from it",
    )
    parser.add_argument(
        "--erased",
        type=Path,
        help="folder that keeps erased people erased, if the config key erased names one",
    )
    parser.add_argument("--person", required=True, nargs="+", help="ids such as p0003, or names")
    parser.add_argument("--yes", action="store_true", help="erase; without it only list changes")
    return with_distinct_files(parser.parse_args(), written=("people", "known"))


if __name__ == "__main__":
    run(main)
