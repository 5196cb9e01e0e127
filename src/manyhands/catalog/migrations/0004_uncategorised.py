"""Where task groups stand whose makers named no category: those of the API."""

from django.db import migrations

TREE = [("uncategorised", "Uncategorised", [("other", "Other")])]
LAST = 99


def plant(apps, schema_editor):
    Category = apps.get_model("catalog", "Category")
    SubCategory = apps.get_model("catalog", "SubCategory")
    for slug, name, branches in TREE:
        category = Category.objects.create(slug=slug, name=name, ordinal=LAST)
        SubCategory.objects.bulk_create(
            SubCategory(category=category, slug=branch, name=branch_name) for branch, branch_name in branches
        )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_facts_and_saved_searches")]
    operations = [migrations.RunPython(plant, migrations.RunPython.noop)]
