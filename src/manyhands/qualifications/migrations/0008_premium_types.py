"""The premium types, and what each answer to a profile question gives. The texts are English, as names are."""

import json

from django.db import migrations

# Name, question, option, countries. Each is held with a score of 100, or not at all.
TYPES = (
    ("Age: 18 to 24", "age", "18-24", ()),
    ("Age: 25 to 34", "age", "25-34", ()),
    ("Age: 35 to 44", "age", "35-44", ()),
    ("Age: 45 to 54", "age", "45-54", ()),
    ("Age: 55 to 64", "age", "55-64", ()),
    ("Age: 65 or older", "age", "65", ()),
    ("Gender: Female", "gender", "female", ()),
    ("Gender: Male", "gender", "male", ()),
    ("Gender: Another gender", "gender", "other", ()),
    ("Occupation: Employed full time", "employment", "full-time", ()),
    ("Occupation: Employed part time", "employment", "part-time", ()),
    ("Occupation: Self-employed", "employment", "self-employed", ()),
    ("Occupation: In school or university", "employment", "student", ()),
    ("Occupation: At home with family or household", "employment", "home", ()),
    ("Occupation: Not employed", "employment", "not-employed", ()),
    ("Occupation: Retired", "employment", "retired", ()),
    ("Device: Android telephone", "devices", "android", ()),
    ("Device: iPhone", "devices", "iphone", ()),
    ("Device: Tablet", "devices", "tablet", ()),
    ("Device: Windows computer", "devices", "windows", ()),
    ("Device: Mac", "devices", "mac", ()),
    ("Device: Linux computer", "devices", "linux", ()),
    ("Device: Smart speaker", "devices", "speaker", ()),
    ("Mother tongue: English", "mother-tongue", "en", ()),
    ("Mother tongue: Spanish", "mother-tongue", "es", ()),
    ("Mother tongue: Chinese", "mother-tongue", "zh", ()),
    ("Mother tongue: Hindi", "mother-tongue", "hi", ()),
    ("Mother tongue: Arabic", "mother-tongue", "ar", ()),
    ("Mother tongue: Portuguese", "mother-tongue", "pt", ()),
    ("Mother tongue: Russian", "mother-tongue", "ru", ()),
    ("Mother tongue: Japanese", "mother-tongue", "ja", ()),
    ("Mother tongue: German", "mother-tongue", "de", ()),
    ("Mother tongue: French", "mother-tongue", "fr", ()),
    ("Mother tongue: Another language", "mother-tongue", "other", ()),
    ("Part of the USA: Eastern time", "us-time-zone", "eastern", ("US",)),
    ("Part of the USA: Central time", "us-time-zone", "central", ("US",)),
    ("Part of the USA: Mountain time", "us-time-zone", "mountain", ("US",)),
    ("Part of the USA: Pacific time", "us-time-zone", "pacific", ("US",)),
    ("Part of the USA: Alaska, Hawaii or elsewhere", "us-time-zone", "other", ("US",)),
    ("Part of Japan: Hokkaido or Tohoku", "jp-region", "north", ("JP",)),
    ("Part of Japan: Kanto", "jp-region", "kanto", ("JP",)),
    ("Part of Japan: Chubu", "jp-region", "chubu", ("JP",)),
    ("Part of Japan: Kansai", "jp-region", "kansai", ("JP",)),
    ("Part of Japan: Chugoku or Shikoku", "jp-region", "west", ("JP",)),
    ("Part of Japan: Kyushu or Okinawa", "jp-region", "south", ("JP",)),
)
# The one that has degrees.
EDUCATION = "Education"
LEVELS = {"school": 20, "vocational": 40, "bachelor": 60, "master": 80, "doctorate": 100}
EDUCATION_WORDS = (
    "The highest education completed, by the worker's own profile answers: school 20, vocational training 40, "
    "bachelor 60, master 80, doctorate 100."
)
WORDS = "By the worker's own answer to a profile question."

_TYPE = """
INSERT INTO qualification_type (name, description, route, status, auto_granted_score, eligibility)
VALUES (%s, %s, 'profile', 'active', 100, %s) RETURNING id
"""
_RULE = "INSERT INTO profile_rule (question, option, qualification_type_id, score) VALUES (%s, %s, %s, %s)"


def write(apps, schema_editor):  # noqa: ARG001 - Django's signature
    with schema_editor.connection.cursor() as cursor:
        for name, question, option, countries in TYPES:
            kept = {"countries": list(countries)} if countries else {}
            cursor.execute(_TYPE, [name, WORDS, json.dumps(kept)])
            cursor.execute(_RULE, [question, option, cursor.fetchone()[0], 100])
        cursor.execute(_TYPE, [EDUCATION, EDUCATION_WORDS, "{}"])
        type_id = cursor.fetchone()[0]
        for option, score in LEVELS.items():
            cursor.execute(_RULE, ["education", option, type_id, score])


def take_back(apps, schema_editor):  # noqa: ARG001
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("DELETE FROM profile_rule")
        cursor.execute("DELETE FROM qualification_type WHERE route = 'profile'")


class Migration(migrations.Migration):
    dependencies = [("qualifications", "0007_profile_answers")]
    operations = [migrations.RunPython(write, take_back)]
