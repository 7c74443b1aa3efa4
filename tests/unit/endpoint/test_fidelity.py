"""The words of --as-aws."""

from __future__ import annotations

import pytest
from glue_endpoint.errors import EndpointStartError
from glue_endpoint.fidelity import PLEASANT, Fidelity, fidelity_of


def test_nothing_is_unpleasant_that_nobody_asked_for() -> None:
    assert fidelity_of([]) == fidelity_of([""]) == PLEASANT
    assert not any(PLEASANT)


def test_words_set_their_fields() -> None:
    assert fidelity_of(["strict", "stale=0.5", "sessions=3"]) == Fidelity(
        strict=True, stale=0.5, sessions=3
    )


def test_one_word_sets_them_all_and_what_follows_goes_before_it() -> None:
    every = fidelity_of(["all"])
    left_out = {name for name, value in every._asdict().items() if value is None or value is False}
    assert left_out == {"policy", "stale", "jvm", "lake_formation"}
    assert fidelity_of(["all", "throttle=7"]) == every._replace(throttle=7)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("slow", "not known; there are all, .*strict"),
        ("strict=yes", "takes no value"),
        ("stale", "how many seconds"),
        ("sessions=0", "how many, such as"),
        ("sessions=-1", "how many, such as"),
    ],
)
def test_what_a_word_cannot_mean_is_refused(word: str, said: str) -> None:
    with pytest.raises(EndpointStartError, match=said):
        fidelity_of([word])
