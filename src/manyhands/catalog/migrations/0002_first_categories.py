"""The categories a new installation starts with."""

from django.db import migrations

TREE = [
    ("data-entry", "Data entry", [("web-research", "Web research"), ("information-extraction", "Information extraction"), ("data-cleaning", "Data cleaning")]),
    ("classification", "Classification", [("text-classification", "Text classification"), ("image-classification", "Image classification"), ("search-relevance", "Search relevance")]),
    ("language", "Language", [("translation", "Translation"), ("transcription", "Transcription"), ("proofreading", "Proofreading")]),
    ("writing", "Writing", [("short-texts", "Short texts"), ("product-descriptions", "Product descriptions")]),
    ("moderation", "Moderation", [("text-moderation", "Text moderation"), ("image-moderation", "Image and video moderation")]),
    ("tagging", "Image and video tagging", [("image-tagging", "Image tagging"), ("video-tagging", "Video tagging")]),
    ("surveys", "Surveys", [("opinion", "Opinion"), ("research-studies", "Research studies")]),
    ("testing", "App testing", [("usability", "Usability"), ("bug-reports", "Bug reports")]),
]


def plant(apps, schema_editor):
    Category = apps.get_model("catalog", "Category")
    SubCategory = apps.get_model("catalog", "SubCategory")
    for ordinal, (slug, name, branches) in enumerate(TREE):
        category = Category.objects.create(slug=slug, name=name, ordinal=ordinal)
        SubCategory.objects.bulk_create(
            SubCategory(category=category, slug=branch, name=branch_name, ordinal=place)
            for place, (branch, branch_name) in enumerate(branches)
        )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [migrations.RunPython(plant, migrations.RunPython.noop)]
