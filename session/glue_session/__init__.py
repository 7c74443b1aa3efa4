"""What runs in a Glue session: SQL, seeds, models, validation and their answers.

These modules are shipped as text and need nothing there but PySpark and the standard library. On
dbt's side they are read, never imported: `glue_compiler.program.transport` packs them.
"""
