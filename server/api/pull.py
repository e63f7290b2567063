"""GET /v1/sync/pull: a till asks for what it must know."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from common.card_digest import BUCKETS
from common.wire.problem import ProblemCode
from common.wire.pull import PULL_LIMIT_DEFAULT, PULL_LIMIT_MAX, PullResponse
from server.api.deps import HubOf, TokenHash
from server.api.problems import problem_response
from server.sync.feed import Check, next_page

router = APIRouter()


@router.get("/v1/sync/pull", response_model=PullResponse)
def pull(
    hub: HubOf,
    token: TokenHash,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=PULL_LIMIT_MAX)] = PULL_LIMIT_DEFAULT,
    digest: bool = False,
    bucket: Annotated[int | None, Query(ge=0, lt=BUCKETS)] = None,
) -> Response:
    """One page of the feed after `cursor`; without one, the first page of a snapshot.

    With `digest`, a page that ends at head says what the till's cards must amount to; with `bucket`, it carries all
    rows of one bucket of them.
    """
    now = hub.clock.now()
    page = next_page(
        hub.feed_engine,
        token,
        cursor,
        limit,
        now=now,
        incarnation=hub.incarnation,
        receipt_key=hub.receipt_key,
        check=Check(hub.digests if digest else None, bucket),
    )
    if isinstance(page, ProblemCode):
        return problem_response(page)
    body = page.to_json(server_time=now)
    return Response(body, media_type="application/json")
