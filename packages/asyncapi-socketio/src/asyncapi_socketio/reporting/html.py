"""A report as one HTML file that opens anywhere: nothing in it is fetched, all text is escaped."""

from __future__ import annotations

from html import escape

import click

from .finding import Finding
from .report import TOOL, VERSION, Report

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
pre { overflow-x: auto; padding: .75rem; border: 1px solid #8884; border-radius: .4rem }
pre, code { font: .85rem/1.5 ui-monospace, monospace }
li.failed { color: #c62828; font-weight: 600 } li.passed::marker { content: "\\2713  " }
li.failed::marker { content: "\\2717  " }
"""


def html(report: Report, title: str) -> str:
    """Return the page: the verdict, each finding with how to see it again, all that was tried."""
    reasons = {rule.id: f"{rule.summary} {rule.reason}" for rule in report.rules}
    failed = {finding.check for finding in report.findings}
    tried = (
        f'<li class="{"failed" if name in failed else "passed"}">{escape(name)}</li>'
        for name in report.checks
    )
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>asyncapi-socketio {report.command}: {escape(title)}</title>",
            f"<style>{_STYLE}</style></head><body><main>",
            f"<h1>{escape(click.unstyle(report.verdict))}</h1>",
            *(_section(finding, reasons[finding.rule]) for finding in report.findings),
            "<h2>What was tried</h2><ul>",
            *tried,
            f"</ul><footer>{TOOL} {VERSION}</footer></main></body></html>\n",
        ]
    )


def _section(finding: Finding, reason: str) -> str:
    details = "\n".join(f"<pre>{escape(detail)}</pre>" for detail in finding.details)
    return (
        f"<section><h2>{escape(finding.rule)}</h2><p>{escape(finding.message)}</p>"
        f"<p>{escape(reason)}</p>{details}</section>"
    )
