"""The classes of what Python's own functions and methods give, whatever they are called with."""

from __future__ import annotations

_FUNCTIONS = {
    "str": (
        *("builtins.str", "builtins.repr", "builtins.format", "builtins.chr", "builtins.hex"),
        *("builtins.bin", "builtins.oct", "builtins.ascii", "json.dumps", "unicodedata.normalize"),
        *("urllib.parse.quote", "urllib.parse.quote_plus", "urllib.parse.urlencode"),
        *("html.escape", "html.unescape", "string.capwords"),
    ),
    "int": (
        *("builtins.int", "builtins.len", "builtins.ord", "builtins.hash", "random.randint"),
        *("math.floor", "math.ceil", "math.trunc", "math.gcd", "math.factorial", "math.isqrt"),
    ),
    "float": (
        *("builtins.float", "random.random", "random.uniform", "time.time", "math.sqrt"),
        *("math.exp", "math.log", "math.log2", "math.log10", "math.pow", "math.sin", "math.cos"),
        *("math.tan", "math.asin", "math.acos", "math.atan", "math.atan2", "math.hypot"),
        *("math.radians", "math.degrees", "math.fabs", "math.fsum"),
    ),
    "bool": (
        *("builtins.bool", "builtins.isinstance", "builtins.issubclass", "builtins.callable"),
        *("builtins.any", "builtins.all", "builtins.hasattr", "math.isnan", "math.isinf"),
        "math.isfinite",
    ),
    "list": ("builtins.list", "builtins.sorted", "re.findall", "re.split"),
    "tuple": ("builtins.tuple",),
    "dict": ("builtins.dict",),
    "set": ("builtins.set",),
    "bytes": ("builtins.bytes", "base64.b64encode"),
    "Decimal": ("decimal.Decimal",),
    "date": ("datetime.date", "datetime.date.today", "datetime.date.fromisoformat"),
    "datetime": (
        *("datetime.datetime", "datetime.datetime.now", "datetime.datetime.utcnow"),
        *("datetime.datetime.today", "datetime.datetime.strptime"),
        *("datetime.datetime.fromtimestamp", "datetime.datetime.utcfromtimestamp"),
        *("datetime.datetime.fromisoformat", "datetime.datetime.combine"),
    ),
    "timedelta": ("datetime.timedelta",),
}
_METHODS = {
    "str": (
        *("upper", "lower", "strip", "lstrip", "rstrip", "title", "capitalize", "swapcase"),
        *("casefold", "zfill", "strftime", "isoformat", "hexdigest", "decode"),
    ),
    "bytes": ("encode",),
    "list": ("split", "rsplit", "splitlines"),
    "bool": (
        *("startswith", "endswith", "isdigit", "isalpha", "isnumeric", "isalnum", "isupper"),
        *("islower", "isspace", "isdecimal", "isidentifier"),
    ),
    "float": ("total_seconds", "timestamp"),
    "int": ("weekday", "isoweekday", "toordinal"),
}
_METHODS_OF_TEXT = {
    "str": (
        *("join", "format", "replace", "center", "ljust", "rjust", "expandtabs", "translate"),
        *("removeprefix", "removesuffix", "format_map"),
    ),
    "int": ("count", "find", "rfind", "index", "rindex"),
}


def _by_name(table: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {name: kind for kind, names in table.items() for name in names}


FUNCTIONS = _by_name(_FUNCTIONS)
"""The class of what a function gives, by its dotted name."""

METHODS = _by_name(_METHODS)
"""The class of what a method gives, of values that rows can hold: nothing else there has a method of this name."""

METHODS_OF_TEXT = METHODS | _by_name(_METHODS_OF_TEXT)
"""The class of what a method of a `str` gives."""
