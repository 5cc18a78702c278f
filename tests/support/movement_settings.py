"""The settings of the movement stage, as config.yaml has them."""

import yaml

from corpus.movement.settings import MovementSettings
from repository import ROOT

SETTINGS = MovementSettings.from_mapping(
    yaml.safe_load((ROOT / "config" / "config.yaml").read_text("utf-8"))["movement"]
)
