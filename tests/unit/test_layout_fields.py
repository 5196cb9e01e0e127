"""Finding the answer fields of a layout."""

from manyhands.work.layout.fields import FieldOption, LayoutField, fields, missing

PAGE = """
<form action="/elsewhere">
  <input type="hidden" name="assignmentId" value=""><input type="hidden" name="trace">
  <fieldset><legend>Is it <b>a cat</b>?</legend>
    <label><input type="radio" name="cat" value="yes" required> Yes</label>
    <input type="radio" name="cat" value="no" id="no"><label for="no">No</label>
  </fieldset>
  <select name="size" required aria-label="Size"><option value="">Choose</option><option>big</option></select>
  <textarea name="note_${id}"></textarea>
  <fieldset data-required><legend>Colours</legend>
    <label><input type="checkbox" name="colour" value="red"> Red</label>
    <label><input type="checkbox" name="colour" value="blue"> Blue</label>
  </fieldset>
  <input name="off" required disabled>
  <template><input name="ghost" required></template>
  <button name="go" value="1">Go</button>
</form>
"""
YES_NO = (FieldOption("yes", "Yes"), FieldOption("no", "No"))
COLOURS = (FieldOption("red", "Red"), FieldOption("blue", "Blue"))


def test_every_answer_field_is_found_once_with_its_label_and_options() -> None:
    assert fields(PAGE) == (
        LayoutField("trace", "hidden", False, (), ""),
        LayoutField("cat", "radio", True, YES_NO, "Is it a cat?"),
        LayoutField("size", "select", True, (FieldOption("big", "big"),), "Size"),
        LayoutField("note_${id}", "textarea", False, (), ""),
        LayoutField("colour", "checkbox", True, COLOURS, "Colours"),
        LayoutField("off", "text", False, (), ""),
    )


def test_missing_names_required_fields_that_are_absent_or_blank() -> None:
    assert missing(fields(PAGE), {"cat": ["yes"], "size": [" "]}) == ("size", "colour")


def test_an_empty_document_has_no_fields() -> None:
    assert fields("") == fields("<!-- nothing -->") == fields("just words") == ()
