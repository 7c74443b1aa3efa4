"""Python models in dbt: checked before a session starts, made into programs, run, and reported in the author's terms.

`PythonModels` (in `models`) is the one object that the adapter asks. What it knows of the project
is in `project`, of a model's file in `model_file`; `configs` and `contracts` judge what dbt
resolved, `checks` and `selection` tell the compiler's findings, `programs` asks for the plan and
the program, `packages` for what the session must have, and `runs` reads what it answered.
"""
