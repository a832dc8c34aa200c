"""Every error kgbuild raises on purpose, each with the exit status the command line ends with.

KgbuildError            1  something went wrong that the message explains
├── UsageError          2  the call itself is wrong: an unknown format, question or option value
├── InputError          3  an input cannot be read, or nothing in it could be used
├── OutputError         4  the build folder cannot be written
├── BuildFolderError    5  a build folder is missing, incomplete or of another version
├── ModelError          6  the spaCy pipeline is missing or does not fit
├── RuleError           7  a rule file is malformed
├── QueryError          8  a SPARQL query is malformed, or ran over its limit
└── CheckError          9  a check found violations

130 is an interrupted run (Ctrl-C). A message is one line that says what to do next.
"""

from __future__ import annotations

__all__ = [
    "BuildFolderError",
    "CheckError",
    "InputError",
    "KgbuildError",
    "ModelError",
    "OutputError",
    "QueryError",
    "RuleError",
    "UsageError",
]


class KgbuildError(Exception):
    """Base of all errors raised on purpose; `status` is the exit status of the command line."""

    status: int = 1


class UsageError(KgbuildError):
    """The call itself is wrong: an unknown format, question or option value."""

    status = 2


class InputError(KgbuildError):
    """An input cannot be read, or nothing in it could be used."""

    status = 3


class OutputError(KgbuildError):
    """The build folder or an output file cannot be written."""

    status = 4


class BuildFolderError(KgbuildError):
    """A build folder is missing, incomplete or of another version."""

    status = 5


class ModelError(KgbuildError):
    """The spaCy pipeline is missing or does not fit."""

    status = 6


class RuleError(KgbuildError):
    """A rule file is malformed; the message names the file and the entry."""

    status = 7


class QueryError(KgbuildError):
    """A SPARQL query is malformed, or ran over its limit."""

    status = 8


class CheckError(KgbuildError):
    """A check found violations."""

    status = 9
