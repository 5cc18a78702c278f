// The frames that a video element shows, and steps from one frame to the next.

const FRAME_MARGIN_MS = 1;
const PROBE_LIMIT = 60;
const SHORTEST_FRAME_MS = 4;

/**
 * Frame times (ms on the clock of the tables) from runs `[first, period, count]` of equally spaced
 * frames, see frame_times.py. Whether they are known: null if there are no runs.
 */
function frameTimesOf(runs) {
  if (!runs || !runs.length) return null;
  return Float64Array.from(runs.flatMap(([first, period, count]) => Array.from({ length: count }, (_, frame) => first + frame * period)));
}

/**
 * Reports each frame that `element` shows, also after a seek while paused.
 *
 * `onframe(listener)` calls listener(ms) with the frame's own time, on the clock of the tables; it
 * returns a function that ends this. `shown()` is the time of the frame on screen. A browser without
 * requestVideoFrameCallback reports the player's time instead, which may be later in the same frame.
 */
function createFrameClock(element, video) {
  const listeners = new Set();
  const exact = Boolean(element.requestVideoFrameCallback);
  let mediaTime = null;
  let stopped = false;
  const shown = () => (mediaTime === null ? element.currentTime : mediaTime) * 1000 + video.zero;
  const report = () => {
    for (const listener of [...listeners]) listener(shown());
  };
  function onVideoFrame(_, metadata) {
    if (stopped) return;
    mediaTime = metadata.mediaTime;
    report();
    element.requestVideoFrameCallback(onVideoFrame);
  }
  function onAnimationFrame() {
    if (stopped) return;
    report();
    if (!element.paused && !element.ended) requestAnimationFrame(onAnimationFrame);
  }
  if (exact) {
    element.requestVideoFrameCallback(onVideoFrame);
    // Some seeks of a paused video are reported by no frame. Until one is, the player's time is the best.
    element.addEventListener('seeking', () => { mediaTime = null; });
  } else {
    element.addEventListener('play', onAnimationFrame);
    element.addEventListener('seeked', report);
  }
  return {
    exact,
    shown,
    onframe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      stopped = true;
      listeners.clear();
    },
  };
}

/**
 * Steps to the next or previous frame: `step(1)` or `step(-1)`, one after another if called quickly.
 *
 * With known frame times a step is one seek. Without them, a step backwards seeks to just before the
 * frame on screen, and a step forwards seeks on by `video.frame_step` (ms, the shortest distance of
 * two frames) until another frame is on screen, so that none is skipped.
 */
function createFrameSteps(element, video, clock, jump) {
  let times = frameTimesOf(detailsOf(video).frames);
  let isComplete = Boolean(times);
  const distance = detailsOf(video).frame_step || 1000 / 60;
  const shortest = Math.max(distance, SHORTEST_FRAME_MS);
  // Less than half a frame, also at 1000 frames per second.
  const margin = Math.min(FRAME_MARGIN_MS, distance / 5);
  let queue = Promise.resolve();
  const nextFrame = () => new Promise((resolve) => {
    const end = clock.onframe(finish);
    const timer = setTimeout(finish, 400);
    function finish() {
      clearTimeout(timer);
      end();
      resolve();
    }
  });
  async function show(ms) {
    const shown = nextFrame();
    jump(ms);
    await shown;
  }
  /** Whether the frame on screen at `ms` is the one of this index: the last known time can be that of an earlier frame. */
  const isKnown = (ms, index) => isComplete || (index >= 0 && (index < times.length - 1 || ms <= times[index] + 2 * margin));
  async function stepNow(direction) {
    element.pause();
    const from = clock.shown();
    // Times in the tables and of the player differ by rounding, never by half a frame.
    const index = times ? lastAtMost(times, from + 2 * margin) : -1;
    const target = isKnown(from, index) ? times[index + direction] : undefined;
    if (target !== undefined) {
      await show(target + margin);
    } else if (isComplete) {
      // The frame on screen is the first or the last one of the video.
    } else if (direction < 0) {
      if (from - margin > video.start) await show(from - margin);
    } else {
      for (let probe = 1; probe <= PROBE_LIMIT && from + probe * shortest < video.end; probe += 1) {
        await show(from + probe * shortest + margin);
        if (clock.shown() > from + 0.5) return;
      }
    }
  }
  return {
    /** Shortest distance (ms) of two frames, as far as it is known. */
    shortest,
    /** Set the times of successive frames, sorted ms; `complete` if they are those of all frames. */
    setTimes(sorted, complete = true) {
      if (isComplete) return;
      times = sorted;
      isComplete = complete;
    },
    /** The time of the last frame that begins before `ms`, or null if frame times are not known. */
    lastBefore(ms) {
      const index = times ? lastAtMost(times, ms - margin) : -1;
      return index < 0 || (!isComplete && index === times.length - 1) ? null : times[index];
    },
    step(direction) {
      queue = queue.then(() => stepNow(direction));
      return queue;
    },
  };
}
