"""Conversations of the current plan: a question answered, a note edited and one withdrawn, one that only Police reads."""

from agencies.models import User
from workitems.demo.story import Story
from workitems.models import Note
from workitems.notes import services
from workitems.notes.readers import Asked

NUMBER = "1.4"


def talk(story: Story) -> None:
    """Write the notes, each on its day."""
    mbie, police = story.writers["MBIE"], story.writers["Police"]
    first = _begin(
        story, -24, police, "all",
        "When do the first organisations have the material in Vietnamese? Our liaison officers would like to bring it along.",
        Asked(agencies=(story.agencies["MBIE"],)),
    )  # fmt: skip
    reply = _answer(story, -22, 11, first, mbie, "Two in Auckland have it.")
    with story.written(-21, 9):
        services.edit(
            note=reply, version=reply.version, by=mbie, at=story.at(-21, 9),
            text="Two in Auckland have it since March. Wellington follows with the second print.",
        )  # fmt: skip
    wrong = _answer(story, -20, 15, first, police, "Thank you. So Hamilton has it as well.")
    with story.written(-20, 16):
        services.withdraw(note=wrong, version=wrong.version, by=police, at=story.at(-20, 16))
    _answer(
        story, -6, 10, first, police, "Is the second print out? We plan the talks in Wellington now.",
        Asked(people=(mbie,)),
    )  # fmt: skip
    _begin(
        story, -9, police, "agency",
        "Before we promise talks in Hamilton: ask the district commander who could give them.",
    )  # fmt: skip


def _begin(
    story: Story, days: int, by: User, readers: str, text: str, asked: Asked = services.NOBODY
) -> Note:
    with story.written(days, 10):
        return services.write(
            plan=story.plan,
            kind="item",
            subject=story.item(NUMBER),
            text=text,
            readers=readers,
            agency=story.agencies["Police"] if readers == "agency" else None,
            asked=asked,
            by=by,
            at=story.at(days, 10),
        )


def _answer(
    story: Story,
    days: int,
    hour: int,
    first: Note,
    by: User,
    text: str,
    asked: Asked = services.NOBODY,
) -> Note:
    with story.written(days, hour):
        return services.answer(first=first, text=text, asked=asked, by=by, at=story.at(days, hour))
