"""Keep the words of papers that were issued before there was a search, from their frozen JSON."""

import json

from django.db import migrations


def words(part):
    texts = ["".join(run["text"] for run in part["text"])]
    return [*texts, *(text for bullet in part.get("bullets", ()) for text in words(bullet))]


def parts_of(document):
    """Yield each paragraph and recommendation in printed order: heading, key, number, words."""
    closing = document["recommendation"]
    sections = [(each["heading"], each["paragraphs"]) for each in document["sections"]]
    for heading, paragraphs in [*sections, (closing["heading"], [closing["lead"]])]:
        for part in paragraphs:
            yield heading, part["key"], part["number"], "\n".join(words(part))
    for item in closing["items"]:
        text = f"{item['verb'].capitalize()} {''.join(words(item))}"
        yield closing["heading"], item["key"], item["number"], text


def fill(apps, schema_editor):
    papers = apps.get_model("reports", "IssuedPaper").objects.defer("pdf")
    model = apps.get_model("reports", "IssuedParagraph")
    for paper in papers.iterator():
        document = json.loads(bytes(paper.document))["document"]
        model.objects.bulk_create(
            model(issued=paper, heading=heading, key=key, number=number, text=text)
            for heading, key, number, text in parts_of(document)
        )


class Migration(migrations.Migration):
    dependencies = [("reports", "0025_keep_the_words_of_issued_papers")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
