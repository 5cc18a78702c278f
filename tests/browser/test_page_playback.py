"""When a piece of a video stops: the code of the page, with a player that shows given frames."""

import pytest

from repository import ROOT

PLAYBACK = (ROOT / "scripts/corpus/report/page/assets/playback.js").read_text(encoding="utf-8")
FRAMES_MS = [number * 40 for number in range(150)]
"""Frames of 6 s, 25 per second, as in the view of a video."""
FAKE_PLAYER = """
const [frames, options, events] = arguments;
const listeners = [], handlers = {}, calls = [];
const element = {
  paused: true, seeking: false, ended: false, playbackRate: 1, loop: false, ...options.element,
  play() { this.paused = false; calls.push('play'); return Promise.resolve(); },
  pause() { this.paused = true; calls.push('pause'); },
  addEventListener: (name, handler) => { handlers[name] = handler; },
};
const clock = { onframe: (listener) => listeners.push(listener), shown: () => 0 };
const steps = {
  shortest: 40,
  lastBefore: (ms) => {
    const before = frames.filter((time) => time <= ms - 1);
    return options.known && before.length ? before[before.length - 1] : null;
  },
};
const jump = (ms) => { element.seeking = true; calls.push(ms); };
const playback = createPlayback(element, { clock, steps, jump, onchange() {} });
playback.play(options.piece);
for (const [kind, ms, seeking] of events) {
  element.seeking = Boolean(seeking);
  if (kind === 'frame') listeners.forEach((listener) => listener(ms));
  else if (kind === 'time') playback.watch(ms);
  else handlers.ended();
}
return calls;
"""


@pytest.fixture
def play(page):
    """A function that plays a piece of a video; it returns what the player was told to do."""

    def run(start_ms, end_ms, *events, known=True, loop=False, **element):
        piece = {"from": start_ms, "to": end_ms, "loop": loop}
        options = {"piece": piece, "known": known, "element": element}
        return page.js(PLAYBACK + FAKE_PLAYER, FRAMES_MS, options, events)

    return run


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("loop", [True, False])
def test_a_piece_of_one_frame_is_shown_and_not_played(play, known, loop):
    assert play(3000, 3040, known=known, loop=loop) == [3000, "pause"]


def test_the_last_frame_of_a_silent_video_does_not_start_it_again(play):
    assert play(5900, 6000, ended=True) == [5900, "pause"]


def test_the_first_frame_counts_although_the_browser_still_seeks(play):
    """The frame 3080 would be the first one after the seek, and after the end."""
    calls = play(3000, 3080, ["frame", 3000, True], ["frame", 3040])
    assert calls == [3000, "play", "pause", 3041]


def test_a_frame_from_before_the_jump_does_not_end_the_piece(play):
    assert play(1000, 2000, ["frame", 1960, True], ["time", 1990, True]) == [1000, "play"]


@pytest.mark.parametrize(("speed", "stops_at"), [(1, 1960), (2, 1920)])
def test_a_fast_piece_is_paused_before_its_last_frame(play, speed, stops_at):
    """The pause takes up to two refreshes of the screen; the last frame is then shown by a seek."""
    frames = [["frame", ms] for ms in (1880, 1920, 1960)]
    before = [event for event in frames if event[1] < stops_at]
    assert play(1000, 2000, *before, playbackRate=speed) == [1000, "play"]
    assert play(1000, 2000, *frames, playbackRate=speed) == [1000, "play", "pause", 1961]


def test_a_piece_ends_although_the_browser_left_its_last_frame_out(play):
    events = (["frame", 1920], ["time", 1970], ["frame", 2000])
    assert play(1000, 2000, *events) == [1000, "play", "pause", 1961]
    begins_again = play(1000, 2000, ["frame", 1920], ["time", 1999], loop=True)
    assert begins_again == [1000, "play", 1000]


def test_a_loop_shows_all_of_its_frames_at_each_speed(play):
    frames = [["frame", ms] for ms in (1880, 1920)]
    assert play(1000, 2000, *frames, loop=True, playbackRate=2) == [1000, "play"]
    again = play(1000, 2000, *frames, ["frame", 1960], loop=True, playbackRate=2)
    assert again == [1000, "play", 1000]


def test_a_piece_that_lasts_until_the_end_of_the_file_ends_there(play):
    assert play(5000, 6000, ["frame", 5900], ["ended"]) == [5000, "play", "pause", 5961]
