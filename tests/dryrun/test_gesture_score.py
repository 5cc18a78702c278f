"""The score of gestures is computed only on request."""

import pytest

from corpus.inputs.model_catalogue import CATALOGUE
from dry_run_plans import Plans, files_of_rule, jobs_by_rule, rules_before
from repository import ROOT

MODEL = CATALOGUE["gesture_classifier"].file
FILE = ROOT / "resources/models" / MODEL
"""If an earlier run fetched it, or a test that runs at the same time, no job is planned for it."""
SWITCHED_ON = "movement={gesture_score: true}"
GROUPS = "videos_per_job=2"


def test_by_default_there_is_no_job_and_no_file(plans: Plans) -> None:
    printed = plans.of("laptop")
    assert "score_gestures" not in jobs_by_rule(printed)
    assert MODEL not in printed
    assert "gesture_scores" not in printed


@pytest.mark.parametrize("others", [(), (GROUPS,)])
def test_switched_on_each_video_has_a_job_and_the_model_is_fetched(
    plans: Plans, others: tuple[str, ...]
) -> None:
    may_be_missing = [not FILE.exists()]
    printed = plans.of("laptop", (SWITCHED_ON, *others))
    may_be_missing.append(not FILE.exists())
    jobs = jobs_by_rule(printed)
    assert jobs["score_gestures"] == 4
    fetched = [file for files in files_of_rule(printed, "fetch_model", "output") for file in files]
    assert any(file.endswith(MODEL) for file in fetched) in may_be_missing
    for files in files_of_rule(printed, "score_gestures", "input"):
        assert [file for file in files if file.endswith(MODEL)]
    assert "score_gestures" in rules_before(printed, "write_methods")


def test_nothing_else_changes(plans: Plans) -> None:
    """The other jobs are the same, so that switching it on runs none of them again."""
    may_be_missing = [not FILE.exists()]
    before, after = (jobs_by_rule(plans.of("laptop", s)) for s in ((), (SWITCHED_ON,)))
    may_be_missing.append(not FILE.exists())
    n_fetched = [jobs.pop("fetch_model", 0) for jobs in (before, after)]
    assert n_fetched[1] - n_fetched[0] in may_be_missing
    assert {rule: n for rule, n in after.items() if rule != "score_gestures"} == before
