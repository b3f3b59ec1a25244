"""Requests generated from the OpenAPI documents: whether they fit or not, they get an answer that is declared there.

Each API for well under a minute, the same requests in every run. What no JSON Schema can say is not held against a
request that fits it: the digits of a case number, which fields of a body go together, what the organisation has.
"""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from shared.process.settings import Settings
from tests.support.installation import authorization

SECONDS = 40
"""A budget: calls that do not fit into it are left out, and a slow machine tries fewer."""
CHECKS = "not_a_server_error,status_code_conformance,response_schema_conformance,content_type_conformance"
ACCEPTED = "positive_data_acceptance"
OF_ONE_CASE = r"/v1/cases/[^/]+(/clocks|/duties|/timeline)?$"
SPOKEN_FOR = "/v1/cases/{case}/commands/not-accept"
"""It may name another case, by a number whose last digit is computed."""
APIS = {
    "intake": (1, "wu.qing", 2, CHECKS, ()),
    "casework": (2, "lin.fang", 1, f"{CHECKS},{ACCEPTED}", ("--exclude-path", SPOKEN_FOR)),
    "console": (0, "luo.tian", 5, CHECKS, ()),
    "console, of one case": (0, "luo.tian", 5, ACCEPTED, ("--include-path-regex", OF_ONE_CASE, "--mode", "positive")),
}
"""The port above the first, who asks, examples of each call, what is checked, and of which calls."""
CONFIG = """
[parameters]
case = "{case}"
after = "{after}"
"""
"""Of a case that is there, and a place that was read: all others are told apart from it by 404 and 504 alone."""


@pytest.fixture(scope="module")
def a_case(bank: Settings) -> dict[str, str]:
    """A complaint to ask about."""
    body = {
        "matter": {"narrative": "收费有误。", "reason": "service_attitude", "complained_unit": "dongqiao.lending"},
        "complainant": {"name": "甲某", "address": "示例路1号"},
        "received_by": {"unit": "dongqiao", "person": "wu.qing"},
    }
    headers = authorization(bank, "wu.qing", "person") | {"Idempotency-Key": "generated-requests"}
    url = f"http://127.0.0.1:{bank.ports + 1}/v1/complaints/letter"
    answer = httpx.post(url, json=body, headers=headers, timeout=30).raise_for_status().json()
    return {"case": answer["case_number"], "after": f"{answer['log']['partition']}:{answer['log']['offset']}"}


@pytest.mark.long
@pytest.mark.timeout(400)
@pytest.mark.parametrize("api", APIS)
def test_an_api_answers_generated_requests_as_it_declares(
    api: str, bank: Settings, a_case: dict[str, str], tmp_path: Path
) -> None:
    """No 5xx, no status, body or content type that the document does not have; what fits a case is taken."""
    above, person, examples, checks, calls = APIS[api]
    (tmp_path / "schemathesis.toml").write_text(CONFIG.format(**a_case), encoding="utf-8")
    header = f"Authorization: {authorization(bank, person, 'person')['Authorization']}"
    url = f"http://127.0.0.1:{bank.ports + above}/openapi.json"
    program = [sys.executable, "-c", "import sys; from schemathesis.cli import schemathesis; sys.exit(schemathesis())"]
    told = subprocess.run(
        [
            *program, "run", url, "-H", header, "--phases", "fuzzing", "--seed", "1", "--max-examples", str(examples),
            "--max-time", str(SECONDS), "--checks", checks, "--continue-on-failure", "--generation-database", "none",
            "--suppress-health-check", "all", "--no-color", *calls,
        ],
        cwd=tmp_path, capture_output=True, text=True, timeout=150, check=False,
    )  # fmt: skip

    assert 0 == told.returncode, told.stdout + told.stderr
    assert " passed" in told.stdout
