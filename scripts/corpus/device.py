"""Where neural networks may be told to run."""

DEVICES = ("auto", "cpu", "cuda")
"""auto: on a GPU where there is one that the network can use, else on the CPU."""
