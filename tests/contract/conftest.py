import pytest

pytest.register_assert_rewrite(
    *(
        f"tests.contract.promises_{of}"
        for of in ("of_records", "of_changes", "of_snapshots", "in_trouble", "of_secrecy")
    ),
    "tests.contract.mirror",
)
