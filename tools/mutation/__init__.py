"""How many of the mistakes that people make the check finds: it plants them in models that run, and runs these.

    python -m tools.mutation                   the table, by class of mistake
    python -m tools.mutation --missed truth    the planted mistakes of a class that the check does not find
    python -m tools.mutation --page            writes docs/mutations.md
    python -m tools.mutation --only NAME       the mutants of one operator or class alone

`operators` has what people do wrong, as changes of a syntax tree that know nothing of the check's rules; `tree.py`
makes the texts; `running.py` runs each on a local Spark as the product does; `judging.py` asks the check, in a
project that knows the columns of all inputs. What Spark and pandas said is kept in `verdicts.json`, by the hash
of what ran: whoever changes the check runs no Spark.
"""
