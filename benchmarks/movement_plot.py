"""Plot the speed of both hands in a clip, with movement, hold and rest."""

from pathlib import Path

from corpus.tables import schemas
from movement_workflow import default_values, measured
from reproducible_plots import reproducible_pyplot


def plot(results: Path, video: str, path: Path) -> None:
    """Plot the speed of both hands in a clip of one person, with their phases as shades."""
    plt = reproducible_pyplot("movement")
    movement = measured(results, video)
    kinematics, phases = movement.kinematics, movement.phases
    figure, axes = plt.subplots(2, 1, figsize=(7, 3.6), sharex=True, sharey=True, layout="tight")
    shades = {"movement": "#f4a582", "hold": "#fddbc7", "rest": "#e0e0e0"}
    for side, axis in zip(schemas.HANDS, axes, strict=True):
        hand = kinematics[kinematics["point"] == f"{side}_hand"]
        for phase in phases[phases["hand"] == side].itertuples():
            axis.axvspan(phase.start_s, phase.end_s, color=shades[phase.phase], lw=0)
        axis.plot(hand["time_s"], hand["speed"], color="#2166ac", lw=1.5)
        for key, style in (("onset_speed", "--"), ("offset_speed", ":")):
            axis.axhline(default_values()[key], color="black", lw=0.8, ls=style)
        axis.set_title(f"{side} hand", loc="left", fontsize=9)
        axis.set_ylabel("widths/s")
    axes[-1].set_xlabel("time, s")
    handles = [plt.Rectangle((0, 0), 1, 1, color=color) for color in shades.values()]
    axes[0].legend(handles, shades, ncols=3, loc="upper right", frameon=False)
    figure.savefig(path, metadata={"Date": None})
