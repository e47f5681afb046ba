"""A report as JUnit XML, for build servers."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import click

from .finding import LEVELS, Finding
from .report import TOOL, VERSION, Report
from .text import lines


def render(report: Report) -> str:
    """Return a test case per check, or rule: failed if it found more than notes."""
    found: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if LEVELS[finding.severity] != "note":
            found.setdefault(finding.check or finding.rule, []).append(finding)
    names = report.checks or [rule.id for rule in report.rules]
    suite = ET.Element("testsuite", name=f"{TOOL} {report.command}")
    suite.set("tests", str(len(names)))
    suite.set("failures", str(len(found)))
    properties = ET.SubElement(suite, "properties")
    ET.SubElement(properties, "property", name="version", value=VERSION)
    for name in names:
        case = ET.SubElement(suite, "testcase", classname=f"{TOOL}.{report.command}", name=name)
        if name in found:
            failure = ET.SubElement(case, "failure", message=_printable(found[name][0].message))
            told = [line for finding in found[name] for line in lines(finding)]
            failure.text = _printable(click.unstyle("\n".join(told)))
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True)


_UNPRINTABLE = re.compile("[^\\t\\n\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
"""What XML 1.0 (section 2.2) can't hold."""


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
