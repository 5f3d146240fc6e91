"""Health and metrics over HTTP."""

import secrets
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from ui.operations.metrics import KIND_OF_TEXT, Figures
from ui.operations.observed import FIGURES
from ui.operations.ready import Readiness
from ui.people import PERSON, Person
from ui.server import Server
from ui.shield import LOOPBACK, named_host

_FORWARDED = ("x-forwarded-for", "x-real-ip", "via")  # set by whatever stands between


def routes(server: Server) -> APIRouter:
    """``/healthz`` and ``/readyz`` for everybody, with no more than yes or no; ``/metrics`` for whoever has its token,
    for administrators, and without a token set, for what runs on this machine."""
    router, readiness = APIRouter(include_in_schema=False), Readiness(server)

    @router.get("/healthz")
    async def healthz() -> PlainTextResponse:
        return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})

    @router.get("/readyz")
    def readyz() -> PlainTextResponse:
        ready = readiness.ready()
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        headers = {"Cache-Control": "no-store"} | ({} if ready else {"Retry-After": "5"})
        return PlainTextResponse("ready\n" if ready else "not ready\n", status, headers)

    @router.get("/metrics")
    def metrics(request: Request, figures: Annotated[Figures, Depends(_figures)]) -> Response:
        if not _may_read(request, server.sharing.metrics):
            message = "These figures need CITEDESK_METRICS as a bearer token, or an administrator."
            told = {"error": {"code": "not_allowed", "message": message}}
            return JSONResponse(told, HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": "Bearer"})
        return Response(figures.text(), media_type=KIND_OF_TEXT, headers={"Cache-Control": "no-store"})

    return router


def _figures(request: Request) -> Figures:
    figures = request.scope[FIGURES]
    assert isinstance(figures, Figures)
    return figures


def _may_read(request: Request, token: str | None) -> bool:
    person = request.scope.get(PERSON)
    if isinstance(person, Person) and person.is_admin:
        return True
    if token is not None:
        given = request.headers.get("authorization", "")
        return secrets.compare_digest(given.encode(), f"Bearer {token}".encode())
    near = request.client is not None and request.client.host in LOOPBACK
    passed_on = any(name in request.headers for name in _FORWARDED)
    return near and named_host(request.scope) in LOOPBACK and not passed_on
