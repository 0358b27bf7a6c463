"""What holds for all tests: the real servers' fixtures, their marker, the long tests' option, and a summary that says
what was not tried."""

import pytest

from tests.servers import FIXTURES, LOUD
from tests.servers import database as database
from tests.servers import kafka as kafka
from tests.servers import own_kafka as own_kafka
from tests.servers import own_postgres as own_postgres
from tests.servers import postgres as postgres
from tests.servers import topic as topic


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the tests marked `long` too: some minutes each")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Whoever uses a real server is marked so, and can be left out by `-m "not servers"`; what is long waits for
    `--long`."""
    for item in items:
        if FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.servers)
    if not config.getoption("--long"):
        left_out = [item for item in items if item.get_closest_marker("long")]
        items[:] = [item for item in items if not item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A skip for want of a server is told aloud: whoever reads only the last lines must not think that it was tried."""
    reasons = {
        str(report.longrepr[2]).removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", ())
        if isinstance(report.longrepr, tuple) and LOUD in str(report.longrepr[2])
    }
    for reason in sorted(reasons):
        terminalreporter.write_line(reason, red=True, bold=True)
