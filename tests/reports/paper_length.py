"""How long a paper is before its annexes: papers that are read to the end are short.

The paper on the demo's plan of 2009 as the Department of Labour wrote it (tracker number 10/96252, released under
the Official Information Act in 2013) has 784 words in 18 paragraphs.
"""

from collections import Counter

from reports.document import words
from workitems.terms.sentence_ends import sentences


def too_long(document, *, most_words, most_paragraphs=None, most_in_one=None):
    """Return a sentence for each limit that the paper exceeds, and for each sentence that it has twice.

    `most_in_one` is the limit of words in one paragraph's text or one of its bullets.
    """
    texts = [
        words(each.text)
        for section in document.sections
        for paragraph in section.paragraphs
        for each in (paragraph, *paragraph.bullets)
    ]
    closing = document.recommendation
    texts += [
        words(closing.lead.text),
        *(f"{ask.verb} {words(ask.text)}" for ask in closing.items),
    ]
    lengths = [len(text.split()) for text in texts]
    limits = [
        ("words", sum(lengths), most_words),
        ("paragraphs", len(list(document.paragraphs())), most_paragraphs),
        ("words in one paragraph", max(lengths), most_in_one),
    ]
    counts = Counter(one for text in texts for one in sentences(text))
    return [
        *(
            f"{found:,} {what}, more than {most:,}"
            for what, found, most in limits
            if most and found > most
        ),
        *(f"twice: {sentence}" for sentence, count in counts.items() if count > 1),
    ]
