"""What of a record in IT Glue counts as a change."""

from bridge.store.index import digest_of


def test_the_name_of_its_organization_is_no_change_of_a_configuration() -> None:
    """Renaming a customer would make all of its devices due again."""
    before = {"name": "SRV-1", "organization_id": 7, "organization_name": "Acme", "organization_short_name": "ACM"}

    assert digest_of(before) == digest_of(before | {"organization_name": "Acme Ltd", "organization_short_name": None})
    assert digest_of(before) != digest_of(before | {"organization_id": 8})


def test_quick_notes_are_compared_as_far_as_lists_show_them() -> None:
    """A list cuts them at 250 characters, the answer to a write does not."""
    whole = {"name": "Acme", "quick_notes": "n" * 400}

    assert digest_of(whole) == digest_of(whole | {"quick_notes": "n" * 250})
    assert digest_of(whole) != digest_of(whole | {"quick_notes": "m" + "n" * 249})
    assert digest_of({"quick_notes": None}) != digest_of({"quick_notes": "n"})
