"""A figure as it was said -> the form and the cell it stands for.

The grammar knows no language; every word is in a lexicon (``lexicon/en.toml``, ``lexicon/es.toml``, or a
case's own):

    figure = {lead | hedge} core {hedge | word that changes nothing}
           | lower bound core but upper bound core
           | word for nothing {word that changes nothing}
           | ratio, where ``losses`` state one
    core   = (end | range) [interval] [of number]
    range  = [opening word] end joining word end
    end    = [article] (number [unit] | number percent | fraction [of multiplier] | number in number | word of size)

What is not understood to the last token is refused, and so is what people read in two ways. No number is dropped but by
a bound, of which a range keeps the end that binds. ``ends.py`` reads ends, ``ranges.py`` joins two, ``intervals.py``
reads what is published around a number, ``nothing.py`` tells what nothing says, ``ratios.py`` how large one number
is beside another, and ``cells.py`` what all else stands for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from truetoll.claims.schema import Figure, Form
from truetoll.claims.wording.cells import Core, cell_of, times, value_of
from truetoll.claims.wording.ends import End, checked, read_end, read_size
from truetoll.claims.wording.intervals import stated_by, with_interval
from truetoll.claims.wording.lexicon_schema import Hedge, Width
from truetoll.claims.wording.nothing import NOTHING, check_nothing, says_nothing, zero_at
from truetoll.claims.wording.periods import DIFFERENCE, OTHER_TIME, is_more, without_period
from truetoll.claims.wording.ranges import ordered, read_range
from truetoll.claims.wording.rates import over, without_rate
from truetoll.claims.wording.ratios import AFTER, RATIO, is_ratio, read_ratio
from truetoll.claims.wording.tokens import is_number
from truetoll.claims.wording.vocabulary import Lexicon, WordingError, load_lexicon, match, read_lexicon
from truetoll.text.messages import Message, message

__all__ = ["Lexicon", "WordingError", "load_lexicon", "read_figure", "read_lexicon"]

LONGEST_TEXT = 200
"""Characters; a text that is longer is no figure, and is not looked at."""


def read_figure(
    text: str, lexicon: Lexicon, days: float | None = None, ratio: bool = False, compared: bool = False
) -> Figure:
    """Read a figure.

    Parameters
    ----------
    text : str
        As it was said: ``about 2,700``, ``30-50% of strength``, ``several dozen``.
    lexicon : Lexicon
    days : float, optional
        Of the window it speaks of, if that is stated: then a rate ("35 a day") is the number lost in it.
    ratio : bool, optional
        Whether it says how large one number is beside another: "5 to 1", "three times as many", "70%".
    compared : bool, optional
        Whether it is known which other days a ratio is of: "twice as many as in May".

    Returns
    -------
    Figure
        Shares as fractions: of strength, or of what a ratio is over.

    Raises
    ------
    WordingError
        If any part of the text is not understood, or what it says is no figure: negative, a rate without `days`,
        two figures, over 100 %, a count with decimals, a bound at zero; or if it can be read in two ways.
    """
    if len(text) > LONGEST_TEXT:
        raise lexicon.refuse(message("wrong_figure.too_long", most=LONGEST_TEXT))
    said = lexicon.tokens(text)
    timeless, period = without_period(said, lexicon)
    tokens, per = without_rate(timeless, lexicon)
    if ratio:
        found = _ratio(tokens, per, lexicon)
        if period and not compared:
            raise lexicon.refuse(OTHER_TIME)
        return found
    if per is None:
        return _read(said, lexicon)
    tokens, per = without_rate(said, lexicon)
    assert per is not None
    if days is None:
        raise lexicon.refuse(RATE)
    return over(_read(tokens, lexicon), per, days, lexicon)


RATE = message("wrong_figure.rate")
"""What is said of one where nobody states its window."""


def _ratio(tokens: Sequence[str], per: float | None, lexicon: Lexicon) -> Figure:
    """Read how large one number is beside another."""
    if per is not None:
        raise lexicon.refuse(message("wrong_figure.rate_for_ratio"))
    lead = match(lexicon.particles["ratio_leads"], tokens, 0)
    found = _read(tokens[lead[1] :] if lead else tokens, replace(lexicon, ratios=True))
    if found.form is Form.BELOW or not found.low > 0:
        raise lexicon.refuse(message("wrong_figure.ratio_of_nothing"))
    return found


def _read(tokens: Sequence[str], lexicon: Lexicon) -> Figure:
    """Read a figure that is no rate."""
    hedges, start = _before(tokens, lexicon)
    if (after := _nothing(tokens, start, lexicon)) is not None:
        found, at_end = _after(tokens, after, Core((End(Fraction(0), Fraction(1)),)), lexicon)
        check_nothing(tokens, after, [*hedges, *found, *at_end], lexicon)
        return NOTHING
    centre = match(lexicon.particles["centres"], tokens, start)
    if centre:
        more, start = _before(tokens, lexicon, centre[1])
        hedges += more
    core, position = _core(tokens, start, lexicon)
    both = _between_bounds(tokens, position, core, hedges, lexicon)
    if both is not None:
        core, position = both
        hedges = []
    else:
        core, position = with_interval(core, position, tokens, lexicon, named=centre is not None)
        core, position = _of_number(core, position, tokens, lexicon)
    if centre and core.point is None:
        raise lexicon.refuse(message("wrong_figure.no_middle"))
    found, at_end = _after(tokens, position, core, lexicon)
    form, row, width = _combined(hedges + found, at_end, lexicon)
    return _figure(core, form, row, width, bool(at_end), lexicon)


def _figure(core: Core, form: Form, row: str | None, width: Width, at_end: bool, lexicon: Lexicon) -> Figure:
    """Put together what was read."""
    if core.from_zero and form is Form.INTERVAL:
        form = Form.AT_MOST
    if core.from_zero and form.side > 0:
        raise says_nothing(lexicon)
    if core.point is not None and form is not Form.INTERVAL:
        raise lexicon.refuse(message("wrong_figure.bound_and_interval"))
    if len(core.ends) > 1 and (form in (Form.UP_TO, Form.FEWER_THAN) or (at_end and form.side > 0)):
        core = replace(core, ends=core.ends[-1:])
    low, high = cell_of(core, width, lexicon)
    value = value_of(core, form, low, high)
    stated = stated_by(core, lexicon)
    over_all = low >= 1 or (form is Form.AT_LEAST and value >= 1 and row == "more_than")
    if core.share and over_all and not lexicon.ratios:
        raise lexicon.refuse(message("wrong_figure.over_all"))
    return Figure(form, low, high, value, core.share, row, stated)


def _before(tokens: Sequence[str], lexicon: Lexicon, start: int = 0) -> tuple[list[Hedge], int]:
    """Collect the hedges before the number."""
    hedges, position = list[Hedge](), start
    while True:
        lead = match(lexicon.particles["leads"], tokens, position)
        hedge = match(lexicon.before, tokens, position)
        size = read_size(tokens, position, lexicon)
        size_lead = match(lexicon.particles["size_leads"], tokens, position)
        if lexicon.ratios and match(lexicon.particles["further"], tokens, position):
            raise lexicon.refuse(DIFFERENCE)
        # The longest entry wins: "unos" is a hedge, "unos pocos" a vague word; "just" a lead, "just over" a hedge.
        if hedge and not (size and size[1] >= hedge[1]) and not (lead and lead[1] > hedge[1]):
            hedges.append(hedge[0])
            position = hedge[1]
        elif lead and not (size and size[1] >= lead[1]):
            position = lead[1]
        elif size_lead and read_size(tokens, size_lead[1], lexicon):
            position = size_lead[1]
        else:
            return hedges, position


def _between_bounds(
    tokens: Sequence[str], start: int, core: Core, hedges: Sequence[Hedge], lexicon: Lexicon
) -> tuple[Core, int] | None:
    """Read "at least 300 but fewer than 500": two bounds that make a range."""
    first = {hedge.form for hedge in hedges} - {Form.INTERVAL}
    but = match(lexicon.particles["but"], tokens, start)
    if but is None or len(first) != 1 or len(core.ends) != 1:
        return None
    others, place = _before(tokens, lexicon, but[1])
    second = {hedge.form for hedge in others} - {Form.INTERVAL}
    hit = read_end(tokens, place, lexicon) if len(second) == 1 else None
    if hit is None:
        return None
    ends = (core.ends[0], hit[0])
    sides = [form.side for form in (*first, *second)]
    if sides == [-1, 1]:
        ends = (hit[0], core.ends[0])
    elif sides != [1, -1]:
        raise lexicon.refuse(message("wrong_figure.two_bounds"))
    return Core(ordered(*ends, lexicon)), hit[1]


def _of_number(core: Core, position: int, tokens: Sequence[str], lexicon: Lexicon) -> tuple[Core, int]:
    """Read "30-50 % of 11,000": a share of a stated number is a count."""
    of = match(lexicon.particles["of"], tokens, position)
    if not core.share or of is None or lexicon.ratios:
        return core, position
    place = of[1]
    names = ("links", "after_share", "wholes", "of", "leads")
    while word := next((h for name in names if (h := match(lexicon.particles[name], tokens, place))), None):
        place = word[1]
    hedges, place = _before(tokens, lexicon, place)
    hit = _ends(tokens, place, lexicon)
    if hit is None:
        return core, position
    whole, stop = hit
    if whole.share or whole.from_zero or any(hedge.form is not Form.INTERVAL for hedge in hedges):
        raise lexicon.refuse(message("wrong_figure.share_of_no_number"))
    if whole.ends[0].low == 0:
        raise lexicon.refuse(message("wrong_figure.share_of_zero"))
    for each in whole.ends:
        checked(each, lexicon)
    return replace(times(core, whole), from_zero=core.from_zero), stop


def _after(tokens: Sequence[str], start: int, core: Core, lexicon: Lexicon) -> tuple[list[Hedge], list[Hedge]]:
    """Collect the hedges after the number, and those that bind a range's last end; other words must be known."""
    hedges, at_end, position = list[Hedge](), list[Hedge](), start
    opened = named = lexicon.ratios or not core.share or any(end.cell for end in core.ends)
    said = False
    while position < len(tokens):
        hedge, place = _next_after(tokens, position, core, lexicon)
        if hedge is not None:
            bound = match(lexicon.after_end, tokens, position)
            (at_end if bound and bound[1] == place else hedges).append(hedge)
        else:
            said = True
            opens = any(match(lexicon.particles[name], tokens, position) for name in ("of", "links"))
            named = named or match(lexicon.particles["wholes"], tokens, position) is not None
            if not opened and not opens:
                raise _of_what(lexicon)
            opened = True
        position = place
    # A lexicon of an older form names no wholes.
    if said and not named and lexicon.particles["wholes"]:
        raise _of_what(lexicon)
    return hedges, at_end


def _of_what(lexicon: Lexicon) -> WordingError:
    return lexicon.refuse(message("wrong_figure.of_what", examples=_shares(lexicon)))


def _shares(lexicon: Lexicon) -> tuple[str, ...]:
    """Give examples of shares that the lexicon can read: of strength, and of a number."""
    of = " ".join(next(iter(lexicon.particles["of"]), ("of",)))
    return (*[each for each in lexicon.accepted if "%" in each][:1], f"30% {of} 11,000")


def _next_after(tokens: Sequence[str], start: int, core: Core, lexicon: Lexicon) -> tuple[Hedge | None, int]:
    names: tuple[str, ...] = ("after_share", "wholes") if core.share else ("after_count",)
    if core.share and _whole_before(tokens, start, lexicon):
        names += ("after_count",)
    if lexicon.ratios:
        if not core.share and is_more(tokens, start, lexicon) and not is_ratio(tokens, lexicon):
            raise lexicon.refuse(DIFFERENCE)
        names = AFTER
    words = (hit for name in names if (hit := match(lexicon.particles[name], tokens, start)))
    word = max(words, key=lambda hit: hit[1], default=None)
    hedge = match(lexicon.after, tokens, start)
    link = match(lexicon.particles["links"], tokens, start)
    if hedge and (word is None or hedge[1] >= word[1]):
        return hedge[0], hedge[1]
    if word:
        return None, word[1]
    # "300 or" and "half of the +" are cut short: a link needs a known word after it.
    following = (*(lexicon.particles[name] for name in names), lexicon.particles["links"])
    if link and any(match(table, tokens, link[1]) for table in following):
        return None, link[1]
    raise lexicon.refuse(_why_not_after(tokens, start, core, lexicon))


def _whole_before(tokens: Sequence[str], stop: int, lexicon: Lexicon) -> bool:
    """Whether what a share is of has been named: "half of the brigade killed", not "30% killed"."""
    return any(match(lexicon.particles["wholes"], tokens, place) for place in range(stop))


def _why_not_after(tokens: Sequence[str], position: int, core: Core, lexicon: Lexicon) -> Message:
    token = tokens[position]
    link = match(lexicon.particles["links"], tokens, position)
    if link and link[1] < len(tokens):
        return _why_not_after(tokens, link[1], core, lexicon)
    if compared := _compared(tokens, position, core, lexicon):
        return compared
    if match(lexicon.particles["rate"], tokens, position):
        return RATE
    if is_number(token) or read_end(tokens, position, lexicon):
        return message("wrong_figure.two_figures")
    if core.share:
        return message("wrong_figure.after_share", word=token, examples=_shares(lexicon))
    return message("wrong_figure.after_number", word=token)


def _compared(tokens: Sequence[str], position: int, core: Core, lexicon: Lexicon) -> Message | None:
    """Say what is wrong with a figure that compares: "800 more", or a ratio where losses state none."""
    more = is_more(tokens, position, lexicon)
    ratio, period = is_ratio(tokens, lexicon), without_period(tokens, lexicon)[1]
    if match(lexicon.particles["rises"], tokens, position) or (more and not core.share and not ratio):
        return DIFFERENCE
    if lexicon.ratios or not (ratio or (core.share and (more or period))):
        return None
    return OTHER_TIME if period else RATIO


def _core(tokens: Sequence[str], start: int, lexicon: Lexicon) -> tuple[Core, int]:
    """Read what the hedges stand around."""
    hit = read_ratio(tokens, start, lexicon, _ends) if lexicon.ratios else _ends(tokens, start, lexicon)
    if hit is None:
        raise lexicon.refuse(_why_no_core(tokens, start, lexicon))
    for end in hit[0].ends:
        checked(end, lexicon)
    return hit


def _ends(tokens: Sequence[str], start: int, lexicon: Lexicon) -> tuple[Core, int] | None:
    """Read a range, or else one end."""
    span = read_range(tokens, start, lexicon)
    if span is not None:
        return Core(span.ends, from_zero=span.from_zero), span.stop
    end = read_end(tokens, start, lexicon)
    return (Core((end[0],)), end[1]) if end else None


def _nothing(tokens: Sequence[str], start: int, lexicon: Lexicon) -> int | None:
    """Find a word for nothing, unless a range begins with it: "0-22" is a bound."""
    after = zero_at(tokens, start, lexicon)
    span = read_range(tokens, start, lexicon) if after is not None else None
    if span is None:
        return after
    return span.stop if span.ends[-1].high == 0 else None


def _why_no_core(tokens: Sequence[str], start: int, lexicon: Lexicon) -> Message:
    if start < len(tokens) and tokens[start] == "-":
        return message("wrong_figure.negative")
    if match(lexicon.particles["rises"], tokens, start):
        return DIFFERENCE
    if not lexicon.ratios and is_ratio(tokens, lexicon):
        return OTHER_TIME if without_period(tokens, lexicon)[1] else RATIO
    if match(lexicon.particles["no"], tokens, start):
        return message("wrong_figure.none_of_what")
    if not any(read_end(tokens, position, lexicon) for position in range(start, len(tokens))):
        return message("wrong_figure.no_number")
    return message("wrong_figure.before_number", word=tokens[start])


def _combined(hedges: Iterable[Hedge], at_end: Iterable[Hedge], lexicon: Lexicon) -> tuple[Form, str | None, Width]:
    """Put the hedges together: one that sets the form and one that sets the cell at most."""
    said = list(hedges)
    # "Up to 300 or more": the bound can be taken back anyway, and is.
    softened = any(hedge.form is Form.UP_TO for hedge in said)
    said += [hedge for hedge in at_end if not (softened and hedge.form.side > 0)]
    bounds = {(each.form, each.hedge) for each in said if each.form is not Form.INTERVAL}
    widths = {each.cell for each in said if each.cell != "plain"}
    if widths == {"about", "odd"}:
        widths = {"odd"}
    if len(bounds) > 1 or len(widths) > 1:
        raise lexicon.refuse(message("wrong_figure.two_hedges"))
    form, row = next(iter(bounds), (Form.INTERVAL, None))
    return form, row, next(iter(widths), "plain")
