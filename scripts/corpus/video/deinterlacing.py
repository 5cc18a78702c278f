"""Deinterlace frames that consist of two fields, recorded one after the other.

In such a frame, moving edges are torn into combs. FFmpeg's filter yadif keeps one field and fills
in the lines of the other from the fields around them in space and time, if they differ
(https://ffmpeg.org/ffmpeg-filters.html#yadif-1). One frame stays one frame, at its time: the option
`mode=send_frame`. The result does not depend on the processor, as FFmpeg's tests require.
"""

import av
import av.error
from av.filter import Graph

YADIF = "mode=send_frame:parity=auto:deint=interlaced"
"""Options of yadif. The decoder says which field is the first one (`parity=auto`)."""


def deinterlace(
    frame: "av.VideoFrame",
    previous: "av.VideoFrame | None",
    following: "av.VideoFrame | None",
) -> "av.VideoFrame":
    """Return a frame without combs; one that the decoder does not mark as interlaced is unchanged.

    `previous` and `following` are the neighbours in the order of presentation, None at either end
    of the video. The result depends on these three frames alone, so that a frame that was reached
    by seeking equals the one that is read from the start.
    """
    if not frame.interlaced_frame:
        return frame
    graph = Graph()
    graph.threads = 1
    source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base
    )
    yadif, sink = graph.add("yadif", YADIF), graph.add("buffersink")
    source.link_to(yadif)
    yadif.link_to(sink)
    graph.configure()
    has_previous = previous is not None and _have_one_shape(previous, frame)
    if has_previous:
        graph.push(previous)
    graph.push(frame)
    if following is not None and _have_one_shape(following, frame):
        graph.push(following)
    else:
        graph.push(None)
    if has_previous:
        graph.vpull()
    return graph.vpull()


def _have_one_shape(one: "av.VideoFrame", other: "av.VideoFrame") -> bool:
    return (one.width, one.height, one.format.name) == (
        *(other.width, other.height),
        other.format.name,
    )
