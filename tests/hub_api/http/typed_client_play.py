"""A consultation and a meeting, played through the client that was made of the hub's own reference.

A program of its own: the client and what it stands on are installed apart from the hub. It is given the hub's address,
and the bodies of the commands as JSON.
"""

import json
import sys
from http import HTTPStatus
from typing import Any

from samrad_client import AuthenticatedClient, models
from samrad_client.api.consultations import consultation, consultation_accept, consultation_advise, consultation_request
from samrad_client.api.inbox import inbox
from samrad_client.api.meetings import (
    meeting,
    meeting_accept_invitation,
    meeting_divide_work,
    meeting_hold,
    meeting_invite,
    meeting_request,
    meeting_schedule,
    meeting_task_done,
)
from samrad_client.api.tasks import tasks

ADDRESS, BODIES = sys.argv[1], json.loads(sys.argv[2])


def as_(persona: str) -> AuthenticatedClient:
    return AuthenticatedClient(ADDRESS, token=persona, prefix="Persona", raise_on_unexpected_status=True)


KIM, ANNA, BO = map(as_, ("kurator-kim-exempel", "samordnare-anna-exempel", "brottsoffer-bo-exempel"))


def parsed(response: Any) -> Any:
    assert response.status_code in (HTTPStatus.OK, HTTPStatus.CREATED), response.content
    return response.parsed


def body(kind: Any, command: str, **more: Any) -> Any:
    return kind.from_dict(BODIES[command] | more)


def a_consultation() -> None:
    asked = parsed(
        consultation_request.sync_detailed(
            client=KIM, body=body(models.ConsultationRequest, "consultation.request"), idempotency_key="once"
        )
    )
    again = consultation_request.sync_detailed(
        client=KIM, body=body(models.ConsultationRequest, "consultation.request"), idempotency_key="once"
    )
    assert parsed(again) == asked
    (theirs,) = (item.id for item in parsed(inbox.sync_detailed(client=ANNA)).items)
    accept = body(models.ConsultationAccept, "consultation.accept")
    parsed(consultation_accept.sync_detailed(theirs, client=ANNA, body=accept))
    advise = body(models.ConsultationAdvise, "consultation.advise")
    parsed(consultation_advise.sync_detailed(theirs, client=ANNA, body=advise))
    seen = parsed(consultation.sync_detailed(asked.id, client=KIM))
    assert isinstance(seen, models.ConsultationBody)
    assert BODIES["consultation.advise"]["answer"] in json.dumps(seen.to_dict(), ensure_ascii=False)
    nobody = consultation.sync_detailed(asked.id, client=BO)
    assert isinstance(nobody.parsed, models.Problem)
    assert nobody.status_code == HTTPStatus.NOT_FOUND


def a_meeting() -> None:
    request = body(models.MeetingRequest, "meeting.request")
    mine = parsed(meeting_request.sync_detailed(client=ANNA, body=request)).id
    schedule = body(models.MeetingSchedule, "meeting.schedule")
    parsed(meeting_schedule.sync_detailed(mine, client=ANNA, body=schedule))
    parsed(meeting_invite.sync_detailed(mine, client=ANNA, body=body(models.MeetingInvite, "meeting.invite")))
    (theirs,) = (item.id for item in parsed(inbox.sync_detailed(client=BO)).items)
    accept = body(models.MeetingAcceptInvitation, "meeting.accept_invitation")
    parsed(meeting_accept_invitation.sync_detailed(theirs, client=BO, body=accept))
    parsed(meeting_hold.sync_detailed(mine, client=ANNA, body=body(models.MeetingHold, "meeting.hold")))
    divide = body(models.MeetingDivideWork, "meeting.divide_work")
    parsed(meeting_divide_work.sync_detailed(mine, client=ANNA, body=divide))
    (task,) = parsed(tasks.sync_detailed(client=BO)).items
    done = body(models.MeetingTaskDone, "meeting.task_done", task=task.id)
    parsed(meeting_task_done.sync_detailed(theirs, client=BO, body=done))
    held = parsed(meeting.sync_detailed(mine, client=ANNA))
    assert [each.progress.value for each in held.tasks] == ["done"]


a_consultation()
a_meeting()
