"""What can go wrong in the panel, as one tree.

PanelError                     exit code 3, as the bridge's
├── Refused                    what was asked may not be done to these words; nothing was changed
├── JournalInUse               the clip's words are open in another panel
├── UnwritableJournal          the autosave cannot be read or written where it is kept
├── InstallRefused             `pickup install` cannot put its files there, or take them out
└── HostError                  the editing program, or what ties the panel to it
    ├── HostGone               nobody answers, or the program was left in the middle of the question
    ├── HostRefused            it is there, and cannot do what was asked
    ├── HostBroken             it did something else, and could not take it back
    └── BadMessage             what came is not of the protocol
"""

from __future__ import annotations

from bridge.errors import BridgeError


class PanelError(BridgeError):
    """Root of the panel's errors. The message is one line: what, where and what to do."""


class Refused(PanelError):
    """The words are as they were. The line says why, for the status bar."""


class JournalInUse(PanelError):
    """Two panels would write over one another."""


class UnwritableJournal(PanelError):
    """The words are as they were on the screen, and not on the disk."""


class InstallRefused(PanelError):
    """A file of somebody else's is there, or one of ours was changed."""


class HostError(PanelError):
    """Root of what goes wrong with an editing program."""


class HostGone(HostError):
    """Nobody answers."""


class HostRefused(HostError):
    """The project is as it was."""


class HostBroken(HostError):
    """The project is neither as it was nor as it was meant to be; the message says what is where."""


class BadMessage(HostError):
    """What came is not of the protocol."""
