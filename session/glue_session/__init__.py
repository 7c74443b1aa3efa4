"""What runs in a Glue session: SQL, seeds, models, validation and their answers.

These modules are shipped as text (`glue_compiler.program.transport` packs them) and live in the
session behind the name `__dbt_glue__`, which is `calls`. They need nothing there but PySpark, what
PySpark itself takes (pandas, numpy, pyarrow) and the standard library. On dbt's side they are read,
never imported.
"""
