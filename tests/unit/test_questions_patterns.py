"""Expressions of forms: they mean what they mean in JavaScript, and none of them takes long."""

import time

import pytest

from manyhands.questions.patterns import PatternInvalid, Work, compile_pattern


@pytest.mark.parametrize(
    ("regex", "matching", "other"),
    [
        ("b", ["abc"], ["ac", ""]),
        ("^b$", ["b"], ["ab", "b\n", "a\nb"]),
        ("^(?:ab|c)+$", ["abcab"], ["aba", ""]),
        ("^a{2,3}?$", ["aa", "aaa"], ["a", "aaaa"]),
        ("^a{2}$", ["aa"], ["aaa"]),
        ("^a{2,}$", ["aa", "aaaaa"], ["a"]),
        ("a{,2}", ["a{,2}"], ["aa"]),
        ("^\\d+$", ["12"], ["１２", "1a"]),
        ("^\\w$", ["a", "_"], ["é", "-"]),
        ("^\\s$", ["\u3000", "\ufeff", "\n"], ["\x1c", ""]),
        ("^.$", ["é", "𝄞"], ["\n", "\r", "\u2028"]),
        ("^[^\\d-x]$", ["a"], ["5", "-", "x"]),
        ("^[\\W]$", ["-"], ["a"]),
        ("^[\\b\\]]$", ["\b", "]"], ["b"]),
        ("^[^]$", ["\n"], [""]),
        ("[]", [], ["", "a"]),
        ("^\\x41\\u0042\\ud834\\udd1e\\cA\\0\\.$", ["AB𝄞\x01\x00."], ["AB"]),
        ("^(?=.*\\d)(?!.*x)[a-z\\d]{3,}$", ["ab1"], ["abc", "a1x", "a1"]),
        ("(?<=\\$)\\d", ["$5"], ["5"]),
        ("^(?<!a)b|c(?<!bc)", ["b", "ac"], ["ab", "abc"]),
        ("\\bcat\\b", ["a cat."], ["cats", "éscatx"]),
        ("\\Bat\\B", ["cats"], ["at s"]),
        ("^(?<year>\\d{4})$", ["2024"], ["24"]),
        ("", ["", "a"], []),
        ("a||b", ["", "c"], []),
        ("]}{", ["]}{"], ["]"]),
    ],
)
def test_an_expression_means_what_javascript_means(regex: str, matching: list[str], other: list[str]) -> None:
    pattern = compile_pattern(regex)
    assert [text for text in matching if not pattern.matches(text)] == []
    assert [text for text in other if pattern.matches(text)] == []


def test_the_flag_takes_both_cases() -> None:
    pattern = compile_pattern("^[a-c]é\\W$", ignore_case=True)
    assert pattern.matches("BÉ-")
    assert not pattern.matches("DÉ-")
    assert not compile_pattern("k", ignore_case=True).matches("\u212a")


@pytest.mark.parametrize(
    "regex",
    [
        *("(", ")", "(?:a", "[a", "a**", "*", "+a", "{2}", "a{2}{3}", "a{3,2}", "[b-a]", "a\\", "^*"),
        *("(a)\\1", "(?<n>a)\\k<n>", "(?P<n>a)", "(?<n", "(?i)a", "(?#a)", "(?>a)", "(" * 40 + ")" * 40),
    ],
)
def test_what_is_no_expression_or_cannot_be_offered_is_refused(regex: str) -> None:
    with pytest.raises(PatternInvalid):
        compile_pattern(regex)


@pytest.mark.parametrize(
    ("regex", "text", "matches"),
    [
        ("^(a+)+$", "a" * 20_000 + "b", False),
        ("^(a|a)*$", "a" * 20_000 + "b", False),
        ("^(\\w+\\s?)*$", "word " * 4_000 + "!", False),
        ("^(?=.*\\d)(?=.*[a-z]).{8,}$", "x" * 100_000 + "1", True),
        ("(a?){1000}a{1000}", "a" * 1_000, True),
        ("(?=(?=(a*)*b)*b)*c", "a" * 3_000, False),
    ],
)
def test_no_expression_goes_back_and_forth(regex: str, text: str, matches: bool) -> None:
    started = time.thread_time()
    assert compile_pattern(regex).matches(text) is matches
    assert time.thread_time() - started < 5


def test_too_much_work_is_not_held_against_the_worker() -> None:
    costly = compile_pattern("(?:(?:b?(?=a*c)){900}){900}d")
    work = Work()
    started = time.thread_time()
    assert not costly.matches("a")
    assert [costly.matches("a" * 20_000, work) for _ in range(20)][-1]
    assert time.thread_time() - started < 15


@pytest.mark.parametrize(
    ("regex", "text"),
    [
        (
            "^[{many}]+$",
            "".join(chr(0x20000 + at) for at in range(100_000)),
        ),  # each of many held against many
        ("^(?:[{many}]|.)*(?:[{many}]?.){{1000}}$", "a" * 2_000),  # a long set asked for again and again
    ],
)
def test_a_set_of_many_characters_costs_as_much_as_it_is_long(regex: str, text: str) -> None:
    many = "".join(chr(0x4000 + 2 * at) for at in range(19_000))
    costly = compile_pattern(regex.format(many=many))
    work = Work()
    started = time.thread_time()
    assert [costly.matches(text, work) for _ in range(20)][-1]
    assert time.thread_time() - started < 15
