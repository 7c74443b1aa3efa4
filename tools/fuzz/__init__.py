"""Programs of PySpark by grammar, run on Spark and held against the check: an error of the check where Spark raises none is a failure.

    python -m tools.fuzz --programs 200 --seed 7           the table: what Spark raised, and what of it the check knew
    python -m tools.fuzz --programs 200 --seed 7 --missed  the programs that Spark refused and the check did not

`grammar.py` writes the programs, over the tables of a shop (`tests/data/shop`), some of them wrong on purpose;
`held.py` runs and checks them. The same seed writes the same programs.
"""
