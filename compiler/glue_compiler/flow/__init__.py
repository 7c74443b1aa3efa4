"""Forward abstract interpretation of a model in two worlds: frame kinds, columns, provenance, use.

`core` runs the statements and expressions of the language on abstract values. What code means that
does something with the values of a library, the library registers, each in a folder of its own:
`spark`, `pandas`, and `pandas_on_spark`, which builds on both. `run` puts them together; nothing
else here names them. The core imports no library, and Spark and pandas not each other.

A new library is a new folder:

1. `values.py` has a class for each kind of value that code can tell apart. A frame derives from
   `core.values.FrameValue` with a `kind` of its own, what belongs to a frame from `PartOfFrame`.
   A value says what it is: what two of them have in common (`joined_with`), which frames can be
   reached through it, who owns its members in the API tables, which word facts have for it.
2. Beside it stand the functions that say what an attribute, an item, a call, an operator or a store
   means on them. They take the running `core.interpretation.Interpretation` as `it`: they evaluate
   with it, note facts in `it.recorder`, and let go of what they do not follow (`it.escape`).
3. `library.py` registers them: a `core.library.Library` with a `Meaning` for each class of values,
   and the functions and decorators of the library's modules. What it says nothing about makes
   values Unknown.
4. `run.LIBRARIES` lists it.

A conversion into another library's frame needs no import of that library: the frame's class is
found by its kind (`it.frame_types`), makes the new frame (`FrameValue.converted_from`), and
`core.conversions` records it.
"""
