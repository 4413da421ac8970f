"""Answers by email: an email comes in as bytes, and becomes a note, a workbook to compare, or nothing.

    mime_reading.py   what an email says of itself: who, to which key, whether a program sent it
    own_words.py      its text, parted into what the sender wrote and what they quoted
    services.py       the one way in, for `manage.py receive_mail` and `POST /mail/`

The keys that go out are made in `workitems/notices/answer_keys.py`. Decision 135 says what is taken and why.
"""
