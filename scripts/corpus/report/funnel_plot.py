"""The plot of the funnel: one bar per stage."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from corpus.core.wording import count_noun, format_duration
from corpus.report import plot_style
from corpus.report.funnel import Stage

BAR_HEIGHT, NOTE_HEIGHT, GAP = 0.34, 0.17, 0.2
"""Heights in inches: of a bar, of a line of notes below it, and of the gap between two stages."""


def draw(stages: list[Stage]) -> Figure:
    """Draw one bar per stage with its number of videos and hours, and notes below the bar."""
    tops, height = [], 0.0
    for stage in stages:
        tops.append(height)
        height += BAR_HEIGHT + NOTE_HEIGHT * len(stage.notes) + GAP
    figure = plot_style.figure(height + 0.2)
    axes = figure.subplots()
    n_all = max(stages[0].n_videos, 1)
    for stage, top in zip(stages, tops, strict=True):
        draw_stage(axes, stage, top, n_all)
    axes.set_yticks([top + BAR_HEIGHT / 2 for top in tops], [stage.label for stage in stages])
    axes.set(xlim=(0, n_all * 1.3), ylim=(height, -0.05), xticks=[])
    axes.spines[:].set_visible(False)
    return figure


def draw_stage(axes: Axes, stage: Stage, top: float, n_all: int) -> None:
    """Draw one stage, `top` inches below the first one. `n_all` is the number of all videos."""
    middle = top + BAR_HEIGHT / 2
    axes.barh(middle, n_all, BAR_HEIGHT, color=plot_style.RAIL)
    colour = plot_style.CYAN if stage.is_part else plot_style.BLUE
    axes.barh(middle, stage.n_videos, BAR_HEIGHT, color=colour)
    amount = count_noun(stage.n_videos, "video")
    if stage.seconds is not None:
        amount += f" · {format_duration(stage.seconds)}"
    axes.text(n_all * 1.015, middle, amount, va="center")
    for line, note in enumerate(stage.notes):
        axes.text(
            n_all * 0.005,
            top + BAR_HEIGHT + 0.04 + NOTE_HEIGHT * line,
            note,
            va="top",
            fontsize=8,
            color=plot_style.SOFT,
            in_layout=False,
        )
