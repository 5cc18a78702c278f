"""The paragraph of the methods text about movement and gestures."""

from corpus.core.wording import count_noun, none_some_or_all
from corpus.report.methods.facts import CorpusSummary

CLAIM = (
    "What was found is movement, not its meaning: whether a gesture went with speech, was a sign "
    "or served another end was not determined, and preparation, stroke and retraction were not "
    "told apart."
)


def movement(facts: CorpusSummary) -> str:
    """How movement was measured and gestures found, where they were."""
    if "measure_movement" not in facts.made or facts.gestures is None:
        return ""
    used = facts.made["measure_movement"].parameters
    cutoff = f", with a cutoff of {used['cutoff_hz']:g} Hz" if "cutoff_hz" in used else ""
    return " ".join(
        [
            "Positions of wrists and hands were expressed in shoulder widths from the middle of "
            "the shoulders, and smoothed and differentiated by local polynomial fits at the "
            f"frames' own times [@savitzky1964; @cleveland1979]{cutoff}. The shoulder width was "
            "the median over a track of what the pose model estimated in metres, scaled to the "
            "picture by the torso.",
            *seen(used),
            *phases(used),
            "Movements and holds in a row of one hand, from leaving rest to being at rest again, "
            "were taken for one gesture, after the phases that people code by hand [@kita1998].",
            CLAIM,
            found(facts),
        ]
    )


def seen(used: dict) -> list[str]:
    """What counted as a hand that is seen, where its parameters are known."""
    if not {"min_visibility", "seen_share", "seen_window_s", "max_jitter", "max_gap_s"} <= set(
        used
    ):
        return []
    return [
        "A point was used where it lay inside the picture and both shoulders were visible, where "
        f"its visibility was at least {used['min_visibility']:g} or the hand model had found it, "
        f"where it was seen in at least {100 * used['seen_share']:g}% of "
        f"the frames of the {used['seen_window_s']:g} s before or after, and where it was off its "
        f"smoothed course by at most {used['max_jitter']:g} shoulder widths (median of a second); "
        f"gaps of up to {used['max_gap_s']:g} s were filled in."
    ]


def phases(used: dict) -> list[str]:
    """What was a movement, a rest and a hold, where their parameters are known."""
    needed = {"onset_speed", "offset_speed", "min_movement_s", "min_extent", "min_still_s"}
    if not needed | {"max_hold_s", "rest_height", "rest_radius"} <= set(used):
        return []
    below = used["rest_height"] < 0
    more, side = ("more", "below") if below else ("less", "above")
    return [
        f"A hand was moving where its speed stayed above {used['offset_speed']:g} shoulder widths "
        f"a second and reached {used['onset_speed']:g}, for at least {used['min_movement_s']:g} s "
        f"and over an extent of at least {used['min_extent']:g} shoulder widths; stops shorter "
        f"than {used['min_still_s']:g} s were part of the movement.",
        f"A still hand was at rest for longer than {used['max_hold_s']:g} s, {more} than "
        f"{abs(used['rest_height']):g} shoulder widths {side} the shoulders, within "
        f"{used['rest_radius']:g} of a place where it was still for longer than that in the same "
        "shot, or without a movement next to it; else it was on hold.",
    ]


def found(facts: CorpusSummary) -> str:
    """How many gestures there are, whose, and how long."""
    n = len(facts.gestures)
    if not n:
        return "No gesture was found."
    n_known = int(facts.gestures["person"].notna().sum())
    median = facts.gestures["seconds"].median()
    if n == 1:
        whose = "by an identified person" if n_known else "by nobody identified"
        return f"This gave 1 gesture, {whose}, with a length of {median:.2g} s."
    return (
        f"This gave {count_noun(n, 'gesture')}, each of one hand, {none_some_or_all(n_known, n)} of them by "
        f"identified people, with a median length of {median:.2g} s."
    )
