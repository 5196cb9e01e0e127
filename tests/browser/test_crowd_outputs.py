"""Each crowd element's part of the answer, what templates may do with them in scripts, and their attributes."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.crowd import CrowdTask, open_in

pytestmark = pytest.mark.browser

PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
IMAGE = (
    f'<crowd-image-classifier name="x" header="H" src="{PIXEL}" categories="[\'Cat\', \'Dog\']">'
    '<worker-comment link-text="Say why" header="Reason">Be exact.</worker-comment></crowd-image-classifier>'
)
SEVERAL = (
    "<crowd-classifier-multi-select name=\"x\" header=\"H\" categories=\"['a', 'b', 'c']\" "
    "exclusion-category=\"{ text: 'None of the above' }\"></crowd-classifier-multi-select>"
)


def focused(keys: str) -> Callable[[CrowdTask], None]:
    """Keys pressed in the frame's document, with nothing in focus."""

    def act(task: CrowdTask) -> None:
        task["h2.question"].click()
        for key in keys.split():
            task.page.keyboard.press(key)

    return act


def comment(task: CrowdTask) -> None:
    focused("2")(task)
    task.frame.get_by_text("Say why").click()
    task.frame.get_by_label("Reason").fill("ears")


def fill(selector: str, text: str) -> Callable[[CrowdTask], None]:
    return lambda task: task[selector].fill(text)


def check(role: Any, name: str) -> Callable[[CrowdTask], None]:
    return lambda task: task.frame.get_by_role(role, name=name, exact=True).check()


def nothing(task: CrowdTask) -> None:
    del task


CASES: dict[str, tuple[str, Callable[[CrowdTask], None], dict[str, Any]]] = {
    "input": ('<crowd-input name="x" label="L"></crowd-input>', fill("crowd-input input", "a b"), {"x": "a b"}),
    "input left empty": ('<crowd-input name="x"></crowd-input>', nothing, {}),
    "input preset": ('<crowd-input name="x" value="p"></crowd-input>', nothing, {"x": "p"}),
    "text area": ('<crowd-text-area name="x"></crowd-text-area>', fill("textarea", "a\n\nb"), {"x": "a\n\nb"}),
    "checkbox": ('<crowd-checkbox name="x">X</crowd-checkbox>', check("checkbox", "X"), {"x": {"on": True}}),
    "checkbox not checked": ('<crowd-checkbox name="x" value="v">X</crowd-checkbox>', nothing, {"x": {"v": False}}),
    "toggle": ('<crowd-toggle-button name="x">X</crowd-toggle-button>', check("switch", "X"), {"x": {"on": True}}),
    "radio buttons": (
        ('<crowd-radio-group><crowd-radio-button name="a" value="y">A</crowd-radio-button>'
        '<crowd-radio-button name="b" value="n" checked>B</crowd-radio-button></crowd-radio-group>'),
        check("radio", "A"),
        {"a": {"y": True}, "b": {"n": False}},
    ),
    "slider": ('<crowd-slider name="x" min="0" max="1" step="0.1" value="0.4"></crowd-slider>', nothing, {"x": 0.4}),
    "slider by its box": (
        '<crowd-slider name="x" editable min="5" max="9"><crowd-slider-label>low</crowd-slider-label></crowd-slider>',
        fill("crowd-slider input[type=number]", "8"),
        {"x": 8},
    ),
    "classifier by key": (
        '<crowd-classifier name="x" header="H" categories="[\'a\', \'b\']"></crowd-classifier>',
        focused("2"),
        {"x": {"label": "b"}},
    ),
    "several by keys": (SEVERAL, focused("3 1"), {"x": {"labels": ["a", "c"]}}),
    "none excludes the others": (SEVERAL, focused("3 1 4"), {"x": {"labels": ["None of the above"]}}),
    "another excludes none": (SEVERAL, focused("4 2"), {"x": {"labels": ["b"]}}),
    "image": (IMAGE, focused("1"), {"x": {"label": "Cat"}}),
    "image with a comment": (IMAGE, comment, {"x": {"label": "Dog", "workerComment": "ears"}}),
    "plain controls": (
        ('<label>A <input name="a"></label><label>B <input type="checkbox" name="b" value="v" checked></label>'
        '<input type="hidden" name="c" value="d"><label>E <select name="e" multiple><option selected>1'
        "<option selected>2</select></label>"),
        fill("[name=a]", "x"),
        {"a": "x", "b": {"v": True}, "c": "d", "e": ["1", "2"]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", list(CASES))
def test_what_an_element_adds_to_the_answer(page: Page, case: str) -> None:
    html, act, expected = CASES[case]
    task = open_in(page, f"<crowd-form>{html}</crowd-form>")
    act(task)
    assert task.submit() == expected


LITERALS: list[tuple[str, Any]] = [
    ("['a', 'b']", ["a", "b"]),
    ('["a", "b",]', ["a", "b"]),
    ("['it\\'s', \"say \\\"so\\\"\", `c`]", ["it's", 'say "so"', "c"]),
    ("{ text: 'None', deep: {a: [1, -2.5e1, true, null,],}, }", {"text": "None", "deep": {"a": [1, -25, True, None]}}),
    ("// a remark\n['a' /* and */, 'b']", ["a", "b"]),
    ("['caf\\u00e9', '日本', '🦩']", ["café", "日本", "🦩"]),
    ("{'__proto__': {'x': 1}}", {"__proto__": {"x": 1}}),
    ("[]", []),
    ("", "otherwise"),
    ("['a'", "otherwise"),
    ("['a'] x", "otherwise"),
    ("[alert(1)]", "otherwise"),
    ("{a 1}", "otherwise"),
    ("['a\\u00']", ["au00"]),
]  # fmt: skip


def test_attributes_are_read_as_people_write_them_and_never_run(page: Page) -> None:
    task = open_in(page, "<crowd-form><crowd-input name=x></crowd-input></crowd-form>")
    read = """(texts) => {
      const element = document.createElement("crowd-card");
      return texts.map((text) => {
        element.setAttribute("list", text);
        return JSON.stringify(element.literal("list", "otherwise"));
      });
    }"""
    got = task.frame.evaluate(read, [text for text, _ in LITERALS])
    parsed = task.frame.evaluate("(texts) => texts.map((text) => JSON.stringify(JSON.parse(text)))", got)
    assert parsed == got
    assert [json.loads(each) for each in got] == [expected for _, expected in LITERALS]


def test_html_entities_and_rows_in_attributes_are_only_text(page: Page) -> None:
    hostile = "<img src=x onerror=window.broken=1> & 'it'"
    html = (
        '<crowd-form><crowd-classifier name="x" header="${h}" categories="[&quot;A &amp; B&quot;, &#39;${h}&#39;]">'
        '</crowd-classifier><crowd-input name="y" label="${h}" placeholder="${h}"></crowd-input>'
        '<crowd-alert type="error">x</crowd-alert><crowd-card heading="${h}">c</crowd-card>'
        '<crowd-button href="javascript:window.broken=1">Go</crowd-button>'
        '<crowd-toast text="${h}"></crowd-toast></crowd-form>'
    )
    task = open_in(page, html, row={"h": hostile})
    expect(task["crowd-card h2"]).to_have_text(hostile)
    expect(task["crowd-classifier h2.question"]).to_have_text(hostile)
    task["crowd-button"].click()
    assert task.frame.evaluate("window.broken") is None
    assert task["crowd-button a"].count() == 0


CONTRACT = """
<crowd-form>
  <crowd-classifier id="c" name="c" header="H" categories="['a']"></crowd-classifier>
  <crowd-input id="i" name="i" allowed-pattern="[0-9]" auto-validate error-message="Digits only"></crowd-input>
  <div id="errorBox"></div>
  <crowd-button id="b" form-action="submit" icon="check">Submit</crowd-button>
</crowd-form>
<script>
  window.order = [];
  document.addEventListener("all-crowd-elements-ready", () => {
    order.push("ready");
    c.categories = c.categories.concat(["b", "c"]);
  });
  let held = 0;
  document.querySelector("crowd-form").onsubmit = function (event) {
    order.push([c.value, c._submittableValue]);
    if (held++ === 0) {
      event.preventDefault();
      errorBox.innerHTML = '<crowd-alert type="error" dismissible>Once more</crowd-alert>';
    }
  };
</script>
"""


def test_scripts_of_templates_find_what_they_expect(page: Page) -> None:
    task = open_in(page, CONTRACT)
    expect(task.frame.get_by_role("radio")).to_have_count(3)
    assert task["[data-supplied]"].count() == 0
    task["crowd-input input"].press_sequentially("1x2")
    expect(task["crowd-input input"]).to_have_value("12")
    expect(task["crowd-input .problem"]).to_have_text("")
    task.frame.get_by_role("radio", name="c").check()
    task.frame.get_by_role("button", name="Submit").click()
    expect(task["crowd-alert"]).to_have_text("Once more")
    task.frame.get_by_role("button", name="Close").click()
    expect(task["crowd-alert"]).to_have_count(0)
    assert task.frame.evaluate("window.order") == ["ready", [{"label": "c"}, {"label": "c"}]]
    assert task.submit() == {"c": {"label": "c"}, "i": "12"}


def test_a_script_may_submit_or_take_the_answer_elsewhere(page: Page) -> None:
    html = (
        '<crowd-form><crowd-input name="x" required></crowd-input></crowd-form>'
        "<script>const form = document.querySelector('crowd-form');"
        "form.onsubmit = (event) => event.preventDefault();</script>"
    )
    task = open_in(page, html)
    task.frame.evaluate(
        "form._submitHelperForm = (fields) => { window.taken = fields; }; form.onsubmit = null; 0"
    )
    task["crowd-input input"].fill("one")
    task["crowd-input input"].press("Enter")
    assert task.frame.evaluate("window.taken") == {"taskAnswers": '[{"x":"one"}]'}
    task.frame.evaluate("delete form._submitHelperForm; form.onsubmit = (event) => event.preventDefault(); 0")
    task.frame.evaluate("form.submit()")
    assert task.heard("submitted")[0]["assignmentId"]


def test_tabs_windows_and_instructions_open_by_keyboard(page: Page) -> None:
    html = """
    <crowd-form><crowd-tabs>
      <crowd-tab header="First"><crowd-input name="a" label="A" required></crowd-input></crowd-tab>
      <crowd-tab header="Second"><crowd-input name="b" label="B" required></crowd-input></crowd-tab>
    </crowd-tabs><crowd-modal link-text="More"><p>Inside</p></crowd-modal>
    <crowd-fab icon="help" title="Help"></crowd-fab><crowd-icon-button icon="search" title="Look"></crowd-icon-button>
    <crowd-badge label="3"></crowd-badge></crowd-form>
    """
    task = open_in(page, html)
    expect(task.frame.get_by_role("tab")).to_have_count(2)
    task.frame.get_by_role("tab", name="First").press("ArrowRight")
    expect(task.frame.get_by_label("B")).to_be_visible()
    expect(task.frame.get_by_label("A")).to_be_hidden()
    task.frame.get_by_role("button", name="Submit").click()
    task.heard("invalid")
    task.frame.get_by_role("link", name="A").click()
    expect(task.frame.get_by_label("A")).to_be_focused()
    task.frame.get_by_role("button", name="More").press("Enter")
    expect(task.frame.get_by_text("Inside")).to_be_visible()
    assert task.violations() == []
    task.page.keyboard.press("Escape")
    expect(task.frame.get_by_text("Inside")).to_be_hidden()
