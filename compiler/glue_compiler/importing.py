"""What is imported at first use is imported by one thread at a time.

When Python has run a package it takes it out of `sys.modules` and puts it back. A thread that has just then imported
one of the package's modules finds no package: a KeyError with the package's name. Threads that ask at once (those of
`dbt run`, a server's warm-up beside its first request) therefore hold `IMPORTS` where they import.
"""

from __future__ import annotations

import threading

IMPORTS = threading.RLock()
"""Held by the thread that imports a package of the compiler at its first use."""
