import workbench.learning as room


def test_public_names_are_there_and_documented():
    for name in room.__all__:
        assert getattr(room, name).__doc__, name
