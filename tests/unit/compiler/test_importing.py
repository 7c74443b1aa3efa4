"""Threads whose first questions come together: none imports a module of a package that another is importing.

Python answers that with a KeyError now and then (`glue_compiler.importing`); here it is found whenever it could happen.
"""

from __future__ import annotations

import subprocess
import sys

ASK_AT_ONCE = """
import sys
import threading

from glue_compiler.text.source import SourceText
from glue_compiler.workspace import Surroundings, Workspace, import_analysis

importer = {}
crossed = threading.Event()
names = set()


class Watch:
    @staticmethod
    def find_spec(name, path=None, target=None):
        package, me = name.rpartition(".")[0], threading.get_ident()
        begun = getattr(getattr(sys.modules.get(package), "__spec__", None), "_initializing", False)
        if begun and importer[package] != me:
            names.add(name)
            crossed.set()
        elif begun and package not in waited:
            waited.add(package)
            others.set()
            crossed.wait(1)
        importer[name] = me


def ask_later():
    others.wait()
    workspace.program("models/orders.py", source)


source = SourceText('''
def model(dbt, session):
    orders = dbt.ref("orders")
    if orders.count() == 0:
        return orders
    return orders.select("customer")
''')
workspace, others, waited = Workspace(Surroundings()), threading.Event(), set()
workspace.facts(source)
import_analysis()
sys.meta_path.insert(0, Watch)
second = threading.Thread(target=ask_later)
second.start()
workspace.findings("models/orders.py", source)
second.join()
print(*sorted(names), sep="\\n", end="")
"""


def test_no_thread_imports_from_a_package_that_another_is_importing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK_AT_ONCE], capture_output=True, text=True, timeout=120
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
