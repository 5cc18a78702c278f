"""Debian's Chromium without a window, driven by selenium; the same for tests and benchmarks."""

import os
import shutil
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

PROGRAMS = {"chromium": "chromium", "chromedriver": "chromium-driver"}
"""Each with the package of Debian that it is in."""
FLAGS = (
    *("--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def missing() -> str | None:
    """What is not installed, in words; None where all is there."""
    lack = [package for name, package in PROGRAMS.items() if not shutil.which(name)]
    return f"needs a browser: apt install {' '.join(lack)}" if lack else None


def start(folder: Path, width: int = 1400, height: int = 1000) -> webdriver.Chrome:
    """A browser with everything of its own in `folder`, where it also downloads to."""
    options = Options()
    options.binary_location = shutil.which("chromium")
    for flag in (*FLAGS, f"--window-size={width},{height}", f"--user-data-dir={folder}/profile"):
        options.add_argument(flag)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options, Service(shutil.which("chromedriver")))
    allowed = {"behavior": "allow", "downloadPath": str(folder)}
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", allowed)
    return browser


def colours(browser: webdriver.Chrome, scheme: str) -> None:
    """Let the page see that the system is `light` or `dark`."""
    media = {"name": "prefers-color-scheme", "value": scheme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [media]})


def size(browser: webdriver.Chrome, width: int, height: int = 1000) -> None:
    """Give the page a window of so many pixels, also narrower than Chromium's own may be."""
    window = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", window)
