"""Which Python functions of a file are proved to do nothing but make values: their text, or what they are given, decides."""

from __future__ import annotations

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.rewrites.model import Model
from glue_compiler.rewrites.purity import pure_functions
from glue_compiler.text.source import SourceText

HEADER = (
    "import datetime, json, math, re, requests\nimport numpy as np\nimport pandas as pd\nfrom decimal import Decimal\n"
    "from pyspark.sql import functions as F\nfrom pyspark.sql.functions import pandas_udf, udf\n"
    "from pyspark.sql.types import StringType\n\n"
)


def pure(body: str, above: str = "") -> bool:
    lines = [
        '    df = dbt.ref("t")',
        *("    " + line for line in body.splitlines()),
        "    return df",
    ]
    text = f"{HEADER}{above}\ndef model(dbt, session):\n" + "\n".join(lines) + "\n"
    model = Model(
        analyze(text),
        SourceText(text),
        incremental=False,
        config={},
        meta={},
        this={},
        spark=(3, 5),
        optimize_actions=False,
        strict=False,
    )
    return pure_functions(model)


PURE = {
    "a lambda": "u = F.udf(lambda s: s.strip().lower(), 'string')",
    "types": "u = udf(lambda s: str(s), StringType())",
    "a guard": "u = F.udf(lambda s: None if s is None else len(s), 'int')",
    "a decorated function": "@udf(returnType=StringType())\ndef clean(s):\n    out = []\n    for part in s.split(','):\n        if part not in out:\n            out.append(part.title())\n    return ','.join(out)",
    "a bare decorator": "@udf\ndef clean(s):\n    return s.upper()",
    "a pandas UDF": "@pandas_udf('double')\ndef scaled(v: pd.Series) -> pd.Series:\n    return np.log1p(v.fillna(0).abs()) * v.mean()",
    "a constant from outside": "names = {'a': 'b', 'c': 'd'}\nu = F.udf(lambda s: names.get(s, s))",
    "a pattern": "u = F.udf(lambda s: bool(DIGITS.search(s)))",
    "a number from outside": "least = dbt.config.get('least')\nu = F.udf(lambda x: x > least, 'boolean')",
    "an own helper": "u = F.udf(lambda s: norm(s))",
    "a helper that only the driver calls": "def log(frame):\n    print(frame.count())\nlog(df)\nu = F.udf(lambda s: s.lower())",
    "numbers": "u = F.udf(lambda x: Decimal(x).quantize(Decimal('0.01')) if math.isfinite(x) else None)",
    "JSON": "u = F.udf(lambda s: json.loads(s).get('a'))",
    "a class that nothing uses": "class Config:\n    def save(self):\n        print(1)\nu = F.udf(lambda s: s.lower())",
    "errors": "def f(s):\n    try:\n        return int(s)\n    except (TypeError, ValueError) as error:\n        return len(str(error))\nu = F.udf(f, 'int')",
    "functions for functions": "u = F.udf(lambda s: ''.join(sorted(s, key=lambda c: c.lower())))\nw = F.udf(lambda s: sorted(map(str, s), key=len))",
}  # fmt: skip
ABOVE = "DIGITS = re.compile('[0-9]+')\ndef norm(s):\n    return re.sub('x', '', s)\n"

IMPURE = {
    "a print": "u = F.udf(lambda s: print(s))",
    "a print as a value": "u = F.udf(lambda s: list(map(print, s)))",
    "a print that is given": "u = F.udf(print)",
    "a call outside": "u = F.udf(lambda s: requests.get(s).text)",
    "a call outside by a client": "client = requests.Session()\nu = F.udf(lambda s: len(client.get(s).text))",
    "a default value": "client = requests.Session()\nu = F.udf(lambda s, c=client: len(c.get(s).text))",
    "an accumulating set": "seen = set()\nu = F.udf(lambda s: seen.add(s))",
    "a bound method": "seen = dbt.config.get('seen')\nu = F.udf(seen.add)",
    "a bound method that is mapped": "seen = dbt.config.get('seen')\nu = F.udf(lambda s: list(map(seen.add, s)))",
    "an alias of a function": "get = requests.get\nu = F.udf(lambda s: get(s))",
    "an imported function": "u = udf(json.dumps)",
    "a maker in a variable": "make = F.udf\nu = make(print)",
    "an open file": "u = F.udf(lambda s: open(s).read())",
    "an import inside": "def f(s):\n    import os\n    return os.getenv(s)\nu = F.udf(f)",
    "a global": "def f(s):\n    global n\n    n = s\n    return s\nu = F.udf(f)",
    "an item of an outer dict": "memo = {}\ndef f(s):\n    memo[s] = 1\n    return s\nu = F.udf(f)",
    "an attribute": "def f(s):\n    f.calls = 1\n    return s\nu = F.udf(f)",
    "a clock": "u = F.udf(lambda s: datetime.datetime.now().isoformat())",
    "random numbers": "u = F.udf(lambda s: np.random.rand())",
    "pandas that reads": "u = F.udf(lambda s: pd.read_csv(s))",
    "whole rows": "df = df.mapInPandas(lambda parts: parts, 'a int')",
    "a class": "class F1:\n    def __init__(self, s):\n        print(s)\nu = F.udf(lambda s: str(F1(s)))",
    "a helper that prints": "def g(s):\n    print(s)\nu = F.udf(lambda s: g(s))",
    "an argument that was changed": "def f(s):\n    s.append(1)\n    return s\nu = F.udf(f)",
}  # fmt: skip


@pytest.mark.parametrize("body", PURE.values(), ids=PURE)
def test_functions_that_make_values(body: str) -> None:
    assert pure(body, ABOVE)


@pytest.mark.parametrize("body", IMPURE.values(), ids=IMPURE)
def test_functions_that_may_have_effects(body: str) -> None:
    assert not pure(body, ABOVE)
