"""`dbt-glue record`: what AWS answered to the calls of a run, without what is the user's, in a file to send."""
