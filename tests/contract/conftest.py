import pytest

pytest.register_assert_rewrite("tests.contract.connector_suite", "tests.contract.mirror")
