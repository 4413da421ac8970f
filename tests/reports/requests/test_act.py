"""Test the Act as data: its grounds, their families and their dates."""

from datetime import date

import pytest

from reports.requests.law.act import ACTS, Family, UnknownAct, UnknownGround, act_named

ACT = act_named()


def test_every_file_of_an_act_can_be_read():
    names = [path.stem for path in ACTS.glob("*.json")]
    assert [act_named(name).name for name in names] == names == ["nz-oia-1982"]


@pytest.mark.parametrize("name", ["us-foia-1966", "", "../act", "nz-oia-1982.json"])
def test_an_unknown_act_is_refused(name):
    with pytest.raises(UnknownAct):
        act_named(name)


def test_the_grounds_of_each_family():
    codes = {
        family: [ground.code for ground in ACT.grounds if ground.family == family]
        for family in Family
    }
    assert codes == {
        Family.CONCLUSIVE: ["6(a)", "6(b)", "6(c)", "6(d)", "6(e)"],
        Family.SPECIAL: ["7(a)", "7(b)", "7(c)"],
        Family.BALANCED: [
            "9(2)(a)", "9(2)(b)(i)", "9(2)(b)(ii)", "9(2)(ba)(i)", "9(2)(ba)(ii)", "9(2)(c)",
            "9(2)(d)", "9(2)(e)", "9(2)(f)(i)", "9(2)(f)(ii)", "9(2)(f)(iii)", "9(2)(f)(iv)",
            "9(2)(g)(i)", "9(2)(g)(ii)", "9(2)(h)", "9(2)(i)", "9(2)(j)", "9(2)(k)",
        ],
        Family.EXISTENCE: ["10"],
        Family.ADMINISTRATIVE: [
            "18(c)", "18(d)", "18(da)", "18(e)", "18(f)", "18(g)", "18(h)",
        ],
    }  # fmt: skip


def test_a_ground_is_found_by_its_code_and_printed_with_s():
    ground = ACT.ground("9(2)(a)")
    assert (ground.cited, str(ground)) == ("s 9(2)(a)", "s 9(2)(a) privacy of people")
    assert ground.is_balanced


@pytest.mark.parametrize("code", ["", "9(2)(z)", "s 9(2)(a)", "SENSITIVE", "out of scope"])
def test_a_marking_or_an_unknown_code_is_not_a_ground(code):
    with pytest.raises(UnknownGround, match="is not a ground for withholding"):
        ACT.ground(code)


def test_only_grounds_in_force_on_a_day_are_offered():
    later = {ground.code for ground in ACT.grounds_on(date(2013, 5, 22))}
    before = {ground.code for ground in ACT.grounds_on(date(1987, 3, 31))}
    assert later - before == {"9(2)(ba)(i)", "9(2)(ba)(ii)", "18(da)"}
    assert len(later) == len(ACT.grounds)


def test_grounds_are_listed_once_in_the_order_of_the_act():
    codes = ["18(g)", "9(2)(a)", "6(c)", "9(2)(a)"]
    assert [ground.code for ground in ACT.in_order(codes)] == ["6(c)", "9(2)(a)", "18(g)"]


def test_every_wording_completes_a_sentence():
    for each in ACT.grounds:
        assert each.wording.startswith(("to ", "because ")), each.code
        assert not each.wording.endswith("."), each.code
        assert each.words == each.words.strip() != "", each.code
    assert len({each.wording for each in ACT.grounds}) == len(ACT.grounds)
