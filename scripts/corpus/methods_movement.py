"""The paragraph of the methods text about movement and gestures."""

from corpus.methods_facts import Facts
from corpus.words import counted


def movement(facts: Facts) -> str:
    """How movement was measured and gestures found, where they were."""
    if "measure_movement" not in facts.made or facts.gestures is None:
        return ""
    used = facts.made["measure_movement"].parameters
    still = ""
    if {"onset_speed", "offset_speed", "max_hold_s"} <= set(used):
        still = (
            "A hand moved where its speed, in shoulder widths a second, reached "
            f"{used['onset_speed']:g}, from where it exceeded {used['offset_speed']:g} to where it "
            "fell below that again. "
            f"Still for up to {used['max_hold_s']:g} s away from rest between two movements it was "
            "on hold, else at rest. "
        )
    cutoff = f" with a cutoff of {used['cutoff_hz']:g} Hz" if "cutoff_hz" in used else ""
    n_known = int(facts.gestures["person"].notna().sum())
    median = facts.gestures["seconds"].median()
    lengths = f", with a median length of {median:.2g} s" if len(facts.gestures) else ""
    return (
        "Positions of wrists and hands were expressed in shoulder widths from the shoulders' "
        "middle, and smoothed and differentiated by local polynomial fits at the frames' own times "
        f"[@savitzky1964; @cleveland1979]{cutoff}. {still}Movements and the holds "
        "between them were taken for one gesture, after the phases that people code by hand "
        "[@kita1998]; preparation, stroke and retraction were not told apart. This gave "
        f"{counted(len(facts.gestures), 'gesture')} of single hands, {n_known:,} of them by "
        f"identified people{lengths}."
    )
