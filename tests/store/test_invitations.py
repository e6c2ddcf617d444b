import pandas as pd
import pytest

from workbench.core.errors import ConfigError
from workbench.core.invitations import invitation_ids
from workbench.privacy.keys import open_key, study_key
from workbench.store import Wave
from workbench.store.invitations import KEY, invited_of
from workbench.store.scratch import kept_for_good


@pytest.fixture
def wave(make_wave):
    place = make_wave()
    open_key(place.parent, "a key that all may know")
    return Wave.open(place)


def invited(wave):
    return invited_of(wave.manifest, wave.artefacts, wave.config.wave)


@kept_for_good("release")
def release(wave, **tables):
    wave.replace({n: pd.DataFrame(t) for n, t in tables.items()}, made_by="release")


def test_before_a_sample_is_released_nobody_is_invited(wave):
    assert invited(wave) is None


def test_everybody_on_any_list_is_led_back(wave):
    release(wave, released_sample={"customer_id": ["2", "1"]}, released_panel={"customer_id": ["3", "1"]})
    pairs = invited(wave).pairs()
    key = study_key(wave.folder.parent).of("invitation")
    assert pairs["customer_id"].tolist() == ["1", "2", "3"]
    assert pairs["invitation_id"].tolist() == invitation_ids(["1", "2", "3"], wave="w1", key=key)


def test_the_mark_changes_with_sample_and_key(wave):
    release(wave, released_sample={"customer_id": ["1"]})
    first = invited(wave).mark
    assert invited(wave).mark == first
    open_key(wave.folder.parent, "another key that all may know")
    second = invited(wave).mark
    release(wave, released_sample={"customer_id": ["2"]})
    assert len({first, second, invited(wave).mark}) == 3


def test_waves_that_kept_the_way_back_are_read_by_it(wave):
    release(
        wave,
        released_sample={"customer_id": ["1"]},
        **{KEY: {"invitation_id": ["aaaa"], "customer_id": ["1"]}},
    )
    assert invited(wave).pairs().to_dict("list") == {"customer_id": ["1"], "invitation_id": ["aaaa"]}


def test_without_the_key_nobody_is_led_back_and_the_error_says_so(wave):
    release(wave, released_sample={"customer_id": ["1"]})
    (wave.folder.parent / "key.json").unlink()
    with pytest.raises(ConfigError, match="has a key"):
        invited(wave).pairs()
