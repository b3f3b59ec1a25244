"""What the console refuses: nonsense in the address, cases that are not there, callers who are nobody of the bank."""

import pytest

from shared.contract.subjects import Subject
from tests.support.console_in_process import Console
from tests.support.console_stories import Story


@pytest.mark.parametrize(
    ("path", "params", "code", "pointers"),
    [
        ("/v1/cases", {"after": "nonsense"}, "bad_after", ["/after"]),
        ("/v1/cases", {"after": "4:0"}, "bad_after", ["/after"]),
        ("/v1/cases", {"after": "0:-1"}, "bad_after", ["/after"]),
        ("/v1/cases", {"after": "0:٣"}, "bad_after", ["/after"]),
        ("/v1/cases", {"state": "lost"}, "bad_query", ["/state"]),
        ("/v1/cases", {"channel": "pigeon"}, "bad_query", ["/channel"]),
        ("/v1/cases", {"unit": "nowhere"}, "unknown_unit", ["/unit"]),
        ("/v1/cases", {"due_before": "tomorrow"}, "bad_query", ["/due_before"]),
        ("/v1/cases", {"due_before": "2020-03-10T12:00:00"}, "bad_query", ["/due_before"]),
        ("/v1/cases", {"cursor": "abc"}, "bad_query", ["/cursor"]),
        ("/v1/cases", {"cursor": "W10="}, "bad_query", ["/cursor"]),
        ("/v1/cases", {"limit": "201"}, "bad_query", ["/limit"]),
        ("/v1/cases/20200305-0000000001-2", {}, "bad_case_number", None),
        ("/v1/register", {"from": "2020-13-01"}, "bad_query", ["/from"]),
        ("/v1/statistics", {"as_of": "2020-03-10"}, "bad_query", ["/as_of"]),
        ("/v1/statistics", {"from": "2020-02-01", "to": "2020-01-01"}, "bad_query", ["/to"]),
        ("/v1/statistics", {"customers": "-1"}, "bad_query", ["/customers"]),
        ("/v1/statistics", {"unit": "nowhere"}, "unknown_unit", ["/unit"]),
    ],
)
async def test_nonsense_is_refused_with_a_pointer_to_it(
    desk: Console, path: str, params: dict[str, str], code: str, pointers: list[str] | None
) -> None:
    """422 as a problem document; nothing that was sent is repeated but what it is called."""
    answer = await desk.get(path, **params)

    assert (422, "application/problem+json") == (answer.status_code, answer.headers["content-type"])
    assert (code, pointers) == (answer.json()["code"], answer.json().get("pointers"))


async def test_a_case_that_is_not_there_is_404(desk: Console) -> None:
    """By id and by number."""
    for name in (Story(1).id, Story(1).case_number):
        answer = await desk.get(f"/v1/cases/{name}/timeline")
        assert (404, "unknown_case") == (answer.status_code, answer.json()["code"])


async def test_only_people_of_the_bank_with_a_token_are_answered(desk: Console) -> None:
    """401 without a token, 403 for channel systems and for people who have left or never were."""
    paths = ("/v1/cases", f"/v1/cases/{Story(1).id}", "/v1/register.csv", "/v1/statistics")
    for path in paths:
        nobody = await desk.client.get(path)
        channel = await desk.client.get(path, headers=desk.header(Subject("channel", "hotline")))
        gone = await desk.get(path, "ding.ning")
        stranger = await desk.get(path, "never.was")

        assert (401, "missing_token") == (nobody.status_code, nobody.json()["code"])
        assert (403, "people_only") == (channel.status_code, channel.json()["code"])
        assert (403, "unknown_reader") == (gone.status_code, gone.json()["code"])
        assert (403, "unknown_reader") == (stranger.status_code, stranger.json()["code"])
