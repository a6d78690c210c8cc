"""Waiting for a page."""

import time


def until(page, condition, seconds=20.0):
    """Wait until a condition holds; the page's policy forbids the browser's own way of waiting."""
    end = time.monotonic() + seconds
    while not page.evaluate(condition):
        assert time.monotonic() < end, f"never came true: {condition}"
        page.wait_for_timeout(20)
