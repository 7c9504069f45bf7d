"""One evaluation has one budget, whatever its text and its context call their own."""

import pytest

from towpath.engines import feel
from towpath.engines.feel import FeelError

LOOPS = "count(for i in 1..300 return for j in 1..300 return j)"  # 90,000 turns; MAX_STEPS are 60,000


@pytest.mark.parametrize("name", ["__budget", "budget"])
@pytest.mark.parametrize(
    "text",
    [
        "{loops}",
        '{{"{name}": 1, x: {loops}}}',
        "{{{name}: 1, x: {loops}}}",
        "{{{name}: 1, x: {{y: [{loops}]}}}}",
        "for {name} in [1] return {loops}",
        "for i in 1..300, {name} in [1] return count(for j in 1..300 return j)",
        "for {name} in 1..300 return count(for j in 1..300 return j)",
        "some {name} in [1] satisfies {loops} = 0",
        "every {name} in [1] satisfies {loops} = 300",
        "(function({name}) {loops})(1)",
        "(function({name}: number) {loops})({name}: 1)",
        "{{f: function({name}) {loops}, r: f(1)}}.r",
        "[{{{name}: 1}}][{loops} = 300]",
        "{{{name}: 1, x: [{loops}][item > 0]}}",
    ],
)
def test_no_name_that_a_text_binds_takes_the_bound_away(text, name):
    with pytest.raises(FeelError, match="MAX_STEPS"):
        feel.compile(text.format(name=name, loops=LOOPS))({})


@pytest.mark.parametrize("value", [1, None, {}, "budget"])
@pytest.mark.parametrize("name", ["__budget", "budget"])
def test_no_name_that_comes_with_the_context_takes_the_bound_away(name, value):
    with pytest.raises(FeelError, match="MAX_STEPS"):
        feel.compile(LOOPS)({name: value})
    with pytest.raises(FeelError, match="MAX_STEPS"):
        feel.compile_unary(f"? < {LOOPS}")(1, {name: value})
