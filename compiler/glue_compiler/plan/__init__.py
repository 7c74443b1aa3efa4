"""From facts to the rewritten source, with an account of every rewrite applied or refused."""
