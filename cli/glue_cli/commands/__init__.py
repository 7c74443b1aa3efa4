"""The commands of `dbt-glue`, one module each; see `glue_cli.main.COMMANDS`."""
