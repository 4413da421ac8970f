"""Test thirty days of the demo's round, with two runs a day."""

import re
from datetime import datetime, time, timedelta
from io import StringIO

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from agencies.models import Agency, Seat, User
from agencies.people.services import end_seat, give_seat
from tests.workitems.demo.plans import TODAY, load
from workitems.demo.demo_plans import CURRENT_PLAN
from workitems.models import Notice, Round
from workitems.returns.services import rounds

pytestmark = pytest.mark.django_db

# The round is due on 6 July. On the day of loading, Customs is accepted, MoJ has submitted, MFAT is
# ready for approval, MSD was sent back, Police and MBIE have begun, and four agencies have nobody in a seat.
TOLD = """
30 June  Coordinator           DIA      Due in 7 days         coordinator
30 June  Coordinator           IR       Due in 7 days         coordinator
30 June  Coordinator           OT       Due in 7 days         coordinator
30 June  Customs approver      Customs  Accepted              approver
30 June  Customs contributor   Customs  Accepted              contributor
30 June  MBIE contributor      MBIE     Due in 7 days         contributor
30 June  MFAT approver         MFAT     Ready for approval    approver
30 June  MFAT approver         MFAT     Due in 7 days         approver
30 June  MOH approver          MOH      Due in 7 days         approver
30 June  MSD approver          MSD      Sent back             approver
30 June  MSD contributor       MSD      Sent back             contributor
30 June  MSD contributor       MSD      Due in 7 days         contributor
30 June  MoJ approver          MoJ      Receipt               approver
30 June  MoJ contributor       MoJ      Receipt               contributor
30 June  Police contributor    Police   Due in 7 days         contributor
1 July   MFAT approver         MFAT     Accepted              approver
1 July   MFAT contributor      MFAT     Accepted              contributor
2 July   MSD approver          MSD      Ready for approval    approver
2 July   MSD approver          MSD      Due in 7 days         approver
3 July   Police approver       Police   Due in 7 days         approver
4 July   MSD approver          MSD      Receipt               approver
4 July   MSD contributor       MSD      Receipt               contributor
5 July   Coordinator           DIA      Due in 1 day          coordinator
5 July   Coordinator           IR       Due in 1 day          coordinator
5 July   Coordinator           OT       Due in 1 day          coordinator
5 July   MBIE contributor      MBIE     Due in 1 day          contributor
5 July   MOH approver          MOH      Due in 1 day          approver
5 July   Police approver       Police   Due in 1 day          approver
6 July   MSD approver          MSD      Accepted              approver
6 July   MSD contributor       MSD      Accepted              contributor
7 July   Coordinator           DIA      Overdue               coordinator
7 July   Coordinator           IR       Overdue               coordinator
7 July   Coordinator           OT       Overdue               coordinator
7 July   MBIE contributor      MBIE     Overdue               contributor
7 July   MOH approver          MOH      Overdue               approver
7 July   Police approver       Police   Overdue               approver
8 July   MoJ approver          MoJ      Sent back             approver
8 July   MoJ contributor       MoJ      Overdue               contributor
8 July   MoJ contributor       MoJ      Sent back             contributor
9 July   MBIE approver         MBIE     Overdue               approver
9 July   MoJ approver          MoJ      Overdue               approver
12 July  OT contributor        OT       Overdue               contributor
16 July  Coordinator           MBIE     Overdue               coordinator
16 July  Coordinator           MOH      Overdue               coordinator
16 July  Coordinator           MoJ      Overdue               coordinator
16 July  Coordinator           Police   Overdue               coordinator
"""


class Story:
    """The actions of users on a morning, before the timer runs."""

    def __init__(self) -> None:
        load()
        self.round = Round.objects.get(plan__slug=CURRENT_PLAN, closed_at=None)
        self.coordinator = self.user("coordinator")

    def user(self, mailbox):
        return User.objects.get(email=f"{mailbox}@example.org")

    def of(self, agency):
        return self.round.returns.get(agency__short_name=agency)

    def accept(self, agency, on):
        rounds.accept(of_return=self.of(agency), by=self.coordinator, on=on)

    def correct(self, agency, number, on):
        of_return = self.of(agency)
        update = of_return.updates.select_related("item").get(item__number=number)
        rounds.write_update(
            of_return=of_return,
            item=update.item,
            stage=update.stage,
            confidence=update.confidence,
            achieved="Five of nine regions have a provider.",
            version=update.version,
            by=self.user(f"{agency.lower()}.contributor"),
            at=timezone.now(),
        )

    def submit(self, agency, on):
        rounds.submit(
            of_return=self.of(agency),
            by=self.user(f"{agency.lower()}.approver"),
            on=on,
            at=timezone.now(),
        )

    def send_back(self, agency, on):
        rounds.send_back(
            of_return=self.of(agency),
            note="Say when Ministers hear of it.",
            by=self.coordinator,
            at=timezone.now(),
        )

    def leave(self, mailbox, on):
        for seat in self.user(mailbox).seats.all():
            end_seat(seat=seat, on=on - timedelta(days=1), by=self.coordinator, reason="Left.")

    def join(self, agency, on):
        user = User.objects.create_user(
            f"{agency.lower()}.contributor@example.org", name=f"{agency} contributor"
        )
        give_seat(
            user=user,
            place=Agency.objects.get(short_name=agency),
            role=Seat.Role.CONTRIBUTOR,
            from_on=on,
            by=self.coordinator,
        )

    def close(self, on):
        rounds.close_round(round=self.round, by=self.coordinator, at=timezone.now())


EVENTS = {
    1: lambda story, on: (story.submit("MFAT", on), story.accept("MFAT", on)),
    2: lambda story, on: story.correct("MSD", "2.3", on),
    3: lambda story, on: story.leave("police.contributor", on),
    4: lambda story, on: story.submit("MSD", on),
    6: lambda story, on: story.accept("MSD", on),
    8: lambda story, on: story.send_back("MoJ", on),
    12: lambda story, on: story.join("OT", on),
    25: lambda story, on: story.close(on),
    # The round is closed, so a new user is not notified that the return is overdue.
    27: lambda story, on: story.join("DIA", on),
}


def run(on):
    call_command("send_notices", "--today", on.isoformat(), stdout=StringIO())


def table(notices):
    return [
        f"{notice.told_on:%-d %B}".ljust(9)
        + f"{notice.recipient.name:<22}{notice.of_return.agency.short_name:<9}"
        + f"{notice.get_reason_display():<22}{notice.told_as}"
        for notice in notices
        if notice.of_return is not None
    ]


@pytest.mark.one_database(reason="a story of notices, each of which has tests on both")
def test_thirty_days_of_the_demos_round_send_the_expected_notices(client):
    story = Story()
    mails_a_day = {}
    for number in range(30):
        on = TODAY + timedelta(days=number)
        with time_machine.travel(timezone.make_aware(datetime.combine(on, time(9))), tick=False):
            if number in EVENTS:
                EVENTS[number](story, on)
            mail.outbox.clear()
            run(on)
            sent = [(*letter.to, letter.body) for letter in mail.outbox]
            run(on)
            assert len(mail.outbox) == len(sent), "the second run of a day tells nothing"
            for address, body in sent:
                client.force_login(User.objects.get(email=address))
                for path in set(re.findall(r"http://127.0.0.1:8000(\S+)", body)):
                    assert (on, address, path, client.get(path).status_code) == (
                        *(on, address, path),
                        200,
                    )
        mails_a_day[on] = [address for address, _ in sent]
    notices = sorted(
        Notice.objects.select_related("recipient", "of_return__agency"),
        key=lambda notice: (notice.told_on, notice.recipient.name, notice.line),
    )
    assert table(notices) == TOLD.strip().splitlines()
    # Each user gets at most one mail a day, and each line of the log is in one of them.
    told = {(notice.told_on, notice.recipient.email) for notice in notices}
    assert sorted(told) == sorted((on, to) for on, all_to in mails_a_day.items() for to in all_to)
