import pytest

pytest.register_assert_rewrite(
    *(
        f"tests.contract.promises_{of}"
        for of in (
            "of_records",
            "of_changes",
            "of_snapshots",
            "of_dear_reads",
            "of_mirroring",
            "in_trouble",
            "of_secrecy",
        )
    ),
    "tests.contract.mirror",
)
