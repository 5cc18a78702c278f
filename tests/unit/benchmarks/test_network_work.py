"""The work of networks, counted by hand for a small one, and the roofline."""

import numpy as np
import pytest

import gpu_measures
from network_work import DeviceSpeed, Work, network_work, person_frame_work
from tflite_files import NetworkBuilder, options


def test_work_of_a_small_network_is_that_counted_by_hand() -> None:
    builder = NetworkBuilder(side=8)
    kernel = builder.constant(np.zeros((4, 3, 3, 3), np.float32))
    bias = builder.constant(np.zeros(4, np.float32))
    conv = options("Conv2DOptions", strideW=2, strideH=2)
    small = builder.add("CONV_2D", [builder.image, kernel, bias], (1, 4, 4, 4), conv)
    result = builder.add("LOGISTIC", [small], (1, 4, 4, 4))
    builder.add("LOGISTIC", [result], (1, 4, 4, 4))
    work = network_work(builder.file(result), {"y": (4, 4, 4)})
    image, values = 8 * 8 * 3, 4 * 4 * 4
    assert work.flop == values * 2 * 27 + values
    assert work.traffic == 4 * (image + values + values + values)
    assert work.live == 4 * (image + values)


def test_work_adds_up_and_the_slower_limit_counts() -> None:
    works = {"a": Work(10, 100, 7), "b": Work(1, 2, 9)}
    total = person_frame_work(works, {"a": 1, "b": 2})
    assert total == Work(12, 104, 9)
    assert DeviceSpeed(flop_s=12, bytes_s=1040).shortest_s(total) == 1
    assert DeviceSpeed(flop_s=120, bytes_s=104).shortest_s(total) == 1


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("90, 1000\n70, 3000\n", {"use_percent": 80, "memory_mb": 3000}),
        ("90, 1000\n70, 30", {"use_percent": 80, "memory_mb": 1000}),
        ("[N/A], 1000\n", {}),
        ("", {}),
    ],
)
def test_lines_of_nvidia_smi_are_read(output: str, expected: dict) -> None:
    assert gpu_measures.parse_utilisation(output) == expected


def test_core_distances_are_those_of_all_pairs() -> None:
    points = np.array([[0], [1], [3], [7], [15]], np.float32)
    distances = gpu_measures.exact_core_distances(points, np.array([0, 3]), 2)
    assert distances.tolist() == [3, 6]
