"""Start headless Chromium with selenium, for the tests and benchmarks of the page."""

import os
import shutil
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

PROGRAMS = {"chromium": "chromium", "chromedriver": "chromium-driver"}
"""The Debian package of each program."""
FLAGS = (
    *("--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def install_hint() -> str | None:
    """The command that installs the missing programs, or None if all are installed."""
    packages = [package for name, package in PROGRAMS.items() if not shutil.which(name)]
    return f"needs a browser: apt install {' '.join(packages)}" if packages else None


def start(folder: Path, width: int = 1400, height: int = 1000) -> webdriver.Chrome:
    """A browser that keeps its profile and its downloads in `folder`."""
    options = Options()
    options.binary_location = shutil.which("chromium")
    for flag in (*FLAGS, f"--window-size={width},{height}", f"--user-data-dir={folder}/profile"):
        options.add_argument(flag)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options, Service(shutil.which("chromedriver")))
    download_behaviour = {"behavior": "allow", "downloadPath": str(folder)}
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", download_behaviour)
    return browser


def set_colour_scheme(browser: webdriver.Chrome, scheme: str) -> None:
    """Emulate a system with the colour scheme `light` or `dark`."""
    media = {"name": "prefers-color-scheme", "value": scheme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [media]})


def set_window_size(browser: webdriver.Chrome, width: int, height: int = 1000) -> None:
    """Emulate a window of this size in pixels, which may be narrower than Chromium allows."""
    window = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", window)
