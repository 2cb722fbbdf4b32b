"""Rules for the whole test run."""

import os
from collections.abc import Generator

import pytest

MAY_SKIP: tuple[str, ...] = ("needs a CUDA device",)
"""Beginnings of the reasons for which a test may be skipped even where no skip is allowed."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With EASEL_TEST_NO_SKIPS=1, a skip is a failure: what CI runs, it runs."""
    report = yield
    if os.environ.get("EASEL_TEST_NO_SKIPS") == "1" and report.skipped and call.excinfo is not None:
        if hasattr(report, "wasxfail"):
            return report
        reason = str(call.excinfo.value)
        if not reason.startswith(MAY_SKIP):
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} was skipped, which is not allowed here: {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that skips itself, as `pytest.importorskip` at its top does."""
    report = yield
    if os.environ.get("EASEL_TEST_NO_SKIPS") == "1" and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} skipped itself, which is not allowed here: {report.longrepr}"
    return report
