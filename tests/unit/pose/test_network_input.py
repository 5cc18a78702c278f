"""Parts of frames become inputs of networks."""

import numpy as np
import pytest

from corpus.pose.network_input import Part, network_input
from corpus.pose.regions import Region, crop_region


def parts(count=5):
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (90, 120, 3), np.uint8)
    return [Part(image, Region(rng.uniform(20, 80, 2), 40.0 + n, float(n))) for n in range(count)]


def test_values_are_scaled_to_the_range_of_the_network():
    (part,) = parts(1)
    crop = crop_region(part.image, part.region, 32, replicate=False).astype(float)
    unit = network_input([part], 32, replicate=False)
    assert unit.dtype == np.float32 and unit.shape == (1, 32, 32, 3)
    assert unit[0] == pytest.approx(crop / 255)
    signed = network_input([part], 32, replicate=False, lowest=-1)
    assert signed[0] == pytest.approx(crop / 127.5 - 1, abs=1e-6)


@pytest.mark.parametrize("lowest", [0, -1])
def test_threads_change_nothing(lowest):
    alone = [network_input([part], 32, replicate=True, lowest=lowest)[0].copy() for part in parts()]
    together = network_input(parts(), 32, replicate=True, lowest=lowest, on_gpu=True)
    assert together.tobytes() == np.stack(alone).tobytes()


def test_there_may_be_no_parts():
    for on_gpu in (False, True):
        assert network_input([], 32, replicate=True, on_gpu=on_gpu).shape == (0, 32, 32, 3)


def test_parts_of_large_and_small_inputs_do_not_mix():
    """They share memory, which is used again."""
    separate = {}
    for side in (32, 48, 32):
        values = network_input(parts(), side, replicate=True).copy()
        assert values.shape == (5, side, side, 3)
        assert (separate.setdefault(side, values) == values).all()
