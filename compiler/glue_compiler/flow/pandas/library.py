"""What pandas registers."""

from __future__ import annotations

from glue_compiler.flow.core.library import Library, Meaning
from glue_compiler.flow.pandas.frames import frame_attribute, frame_item
from glue_compiler.flow.pandas.groups import groups_attribute, groups_item, groups_method
from glue_compiler.flow.pandas.methods import frame_method
from glue_compiler.flow.pandas.series import (
    accessor_attribute,
    accessor_item,
    accessor_method,
    series_attribute,
    series_comparison,
    series_item,
    series_method,
    series_operator,
    series_sign,
)
from glue_compiler.flow.pandas.stores import (
    delete_item,
    store_attribute,
    store_indexed,
    store_item,
)
from glue_compiler.flow.pandas.top import numpy_function, pandas_function
from glue_compiler.flow.pandas.values import (
    PandasAccessor,
    PandasFrame,
    PandasGroups,
    PandasIndexer,
    PandasSeries,
)

LIBRARY = Library(
    name="pandas",
    meanings=(
        Meaning(
            PandasFrame,
            attribute=frame_attribute,
            item=frame_item,
            method=frame_method,
            store_item=store_item,
            store_attribute=store_attribute,
            delete_item=delete_item,
        ),
        Meaning(PandasIndexer, store_item=store_indexed),
        Meaning(
            PandasSeries,
            attribute=series_attribute,
            item=series_item,
            method=series_method,
            operator=series_operator,
            comparison=series_comparison,
            sign=series_sign,
        ),
        Meaning(
            PandasAccessor,
            attribute=accessor_attribute,
            item=accessor_item,
            method=accessor_method,
        ),
        Meaning(PandasGroups, attribute=groups_attribute, item=groups_item, method=groups_method),
    ),
    functions={"pandas": pandas_function, "numpy": numpy_function},
    kept=frozenset({"insert", "update", "describe", "head", "tail", "info"}),
)
