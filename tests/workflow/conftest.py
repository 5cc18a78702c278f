"""Fixtures for the tests of the networks."""

import pytest


@pytest.fixture(scope="session")
def facenet_weights(tmp_path_factory):
    """A weights file with the keys of the release of facenet-pytorch, and its model."""
    import torch
    from facenet_pytorch import InceptionResnetV1

    torch.manual_seed(0)
    model = InceptionResnetV1(pretrained=None, classify=True, num_classes=8631).eval()
    path = tmp_path_factory.mktemp("weights") / "facenet.pt"
    torch.save(model.state_dict(), path)
    model.classify = False
    return path, model
