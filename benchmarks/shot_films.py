"""Render films with a known transition, and films of one shot with what looks like a transition.

All are made by FFmpeg from clips of one shot. Each clip is played forwards and backwards, so that
the films are long enough.
"""

import itertools
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from imageio_ffmpeg import get_ffmpeg_exe

from film_truth import Change

SIZE = "scale=320:240:force_original_aspect_ratio=increase,crop=320:240,setsar=1"
CODEC = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-pix_fmt", "yuv420p", "-an")
BEFORE_S, AFTER_S = 1.2, 1.5
"""How long the pictures before and after a transition are shown alone, seconds."""
RATES = (25, 30, 12.5, 50, 10, 60, 24)
"""Frames per second of the films, in turn."""
LENGTHS_S = (0.2, 0.3, 0.4, 0.5, 0.7, 0.85, 1.0)
"""Lengths of the gradual transitions, in turn."""
KINDS = {
    "cut": ("",),
    "dissolve": ("fade", "fadegrays", "dissolve"),
    "fade": ("fadeblack", "fadewhite"),
    "wipe": ("wipeleft", "wiperight", "wipeup", "wipedown", "wipetl", "wipebr"),
    "shaped wipe": ("circleopen", "circleclose", "radial", "diagtl", "vertopen", "smoothleft"),
    "push": ("slideleft", "slideup", "coverleft"),
}
"""Names of FFmpeg's filter xfade, by kind of transition."""
PAN = "scale=480:360,crop=320:240:x='80+{}*(t-1.5)':y='60+{}*(t-1.5)+3*sin(8*t)'"
"""A camera in the hand: pixels per second."""
PANS = ((0, 0), (18, 6), (-20, 8), (12, -14))
"""Speeds of the moving cameras, in turn; the first one stands still."""
ONE_SHOT = {
    "flash": "eq=brightness='if(lt(mod(n,13),{0}),{1},0)':eval=frame",
    "coloured flash": "colorbalance=rh=1:rm=1:rs=1:enable='lt(mod(n,11),{0})'",
    "lamp": "eq=brightness=-0.25:contrast=0.6:gamma_b=0.8:enable='lt(mod(t,1.4),0.7)'",
    "exposure": "eq=brightness='0.25*sin(3*t)':contrast='1+0.3*sin(3*t)':eval=frame",
    "fast pan": "scale=960:720,crop=320:240:x='320-320*cos(3.5*t)':y=240",
    "zoom": "scale=960:720,zoompan=z='2-0.9*cos(in_time*3)':x='iw/2-iw/zoom/2'"
    ":y='ih/2-ih/zoom/2':d=1:s=320x240:fps={2}",
    "shake": "scale=400:300,crop=320:240:x='40+30*sin(23*t)*sin(3*t)':y='30+25*sin(31*t)'",
    "scrolling": "scroll=v='{3}'",
    "subtitles": "drawbox=x=30:y=180:w=260:h=34:color=white:t=fill:enable='lt(mod(t,1.1),0.8)',"
    "drawbox=x='320-mod(90*t,400)':y=218:w=80:h=16:color=yellow:t=fill",
    "key frames": "null",
}
"""FFmpeg filters for films of one shot. In braces: length and strength of a flash, frames per
second, speed of scrolling."""


class Film(NamedTuple):
    """A rendered film and what is true about it."""

    path: Path
    kind: str
    """Key of KINDS or ONE_SHOT; `passer-by`, or `single shot` for an unchanged clip."""
    changes: list[Change]


def render_films(clips: Sequence[Path], people: Sequence[str], folder: Path) -> Iterator[Film]:
    """Render all films from clips of one shot each; films that exist are not rendered again.

    `people` are the people in the clips: transitions are rendered between different people.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sources = [_source(clip, folder / f"source{number}.mkv") for number, clip in enumerate(clips)]
    pairs = [
        (sources[one], sources[other])
        for one, other in itertools.permutations(range(len(clips)), 2)
        if people[one] != people[other]
    ]
    yield from _films_with_transition(pairs, folder)
    yield from _films_of_one_shot(sources, folder)
    for clip in clips:
        yield Film(clip, "single shot", [])


def _source(clip: Path, path: Path) -> Path:
    """Write a clip of five seconds: forwards, backwards, and again."""
    loop = f"{SIZE},split[a][b];[b]reverse[c];[a][c]concat,loop=loop=9:size=400,trim=0:5"
    lossless = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "10", "-an")
    return _ffmpeg(path, "-i", clip, "-filter_complex", loop, *lossless)


def _films_with_transition(pairs: Sequence[tuple[Path, Path]], folder: Path) -> Iterator[Film]:
    """Render each transition of FFmpeg between pairs of clips, with resting and moving cameras."""
    names = [
        (kind, name) for kind, names in KINDS.items() for name in names * (12 if "" in names else 2)
    ]
    for number, (kind, name) in enumerate(names):
        pair = pairs[7 * number % len(pairs)]
        rate, pan = RATES[number % len(RATES)], PANS[number % len(PANS)]
        seconds = LENGTHS_S[number % len(LENGTHS_S)] if name else 0.0
        path = folder / f"{kind.replace(' ', '_')}{number:03d}.mp4"
        camera = PAN.format(*pan) if any(pan) else "null"
        prepare = f"fps={rate},{camera},format=yuv420p,settb=AVTB"
        first = f"[0:v]{prepare},trim=0:{BEFORE_S + seconds + 0.001},setpts=PTS-STARTPTS[a]"
        second = f"[1:v]{prepare},trim=0:{AFTER_S + seconds},setpts=PTS-STARTPTS[b]"
        if name:
            how = f"[a][b]xfade=transition={name}:duration={seconds}:offset={BEFORE_S}"
        else:
            how = "[a][b]concat"
        inputs = ("-i", pair[0], "-i", pair[1])
        _ffmpeg(path, *inputs, "-filter_complex", f"{first};{second};{how}", *CODEC)
        yield Film(path, kind, [Change(BEFORE_S, BEFORE_S + seconds)])


def _films_of_one_shot(sources: Sequence[Path], folder: Path) -> Iterator[Film]:
    """Render each disturbance in each clip, and people who walk by."""
    for number, source in enumerate(sources):
        rate = RATES[number % len(RATES)]
        for kind, template in ONE_SHOT.items():
            values = (1 + number % 2, (0.3, 0.6, 0.9)[number % 3], rate, 0.02 * (1 + number % 3))
            path = folder / f"{kind.replace(' ', '_')}{number:03d}.mp4"
            codec = CODEC if kind != "key frames" else ("-c:v", "mpeg4", "-b:v", "120k", "-g", "15")
            filters = f"fps={rate},{template.format(*values)}"
            yield Film(_ffmpeg(path, "-i", source, "-vf", filters, *codec), kind, [])
        other = sources[(number + 1) % len(sources)]
        walk = (
            f"[1:v]fps={rate},crop=130:200:95:40[w];[0:v]fps={rate}[s];"
            f"[s][w]overlay=x='-130+mod({180 + 120 * (number % 3)}*t,900)':y=40:shortest=1"
        )
        path = folder / f"passer-by{number:03d}.mp4"
        arguments = ("-i", source, "-i", other, "-filter_complex", walk, *CODEC)
        yield Film(_ffmpeg(path, *arguments), "passer-by", [])


def _ffmpeg(path: Path, *arguments: object) -> Path:
    """Run FFmpeg, unless its output exists; return the path of the output."""
    if not path.exists():
        command = [get_ffmpeg_exe(), "-v", "error", "-y", "-threads", "1", *map(str, arguments)]
        part = path.with_name(f"part_{path.name}")
        subprocess.run([*command, "-threads", "1", part], check=True, stdin=subprocess.DEVNULL)
        part.rename(path)
    return path
