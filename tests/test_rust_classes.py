"""What the chapter on classes promises: money that is exact, and a ledger that is whole or unchanged."""

from __future__ import annotations

import copy
import dis
import itertools
import math
import operator
import pickle
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from typing import Any

import jupytext
import pytest
import rust_classes
from alarms import alarm, needs_timers
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from rust_classes import Currency, Entries, Ledger, Money, Transaction

from workbook.layout import ROOT

EUR, JPY, KWD, USD = Currency.EUR, Currency.JPY, Currency.KWD, Currency.USD
CURRENCIES = [EUR, JPY, KWD, USD]
LEAST, MOST = -(2**63), 2**63 - 1


# The twin of money -----------------------------------------------------------------------------------


def fitting(minor: int) -> int:
    if not LEAST <= minor <= MOST:
        raise OverflowError("the amount does not fit in 64 bits")
    return minor


class TwinMoney:
    """`Money`, in Python: as a tuple, with integers that are held to 64 bits."""

    def __init__(self, minor: int, currency: Any) -> None:
        self.key = (minor, currency)

    def paired(self, other: TwinMoney) -> tuple[int, int]:
        if self.key[1] != other.key[1]:
            raise TypeError(f"{self.key[1]} and {other.key[1]} do not mix: exchange one of them first")
        return self.key[0], other.key[0]

    def combined(self, other: object, how: Callable[[int, int], int]) -> Any:
        if not isinstance(other, TwinMoney):
            return NotImplemented
        return TwinMoney(fitting(how(*self.paired(other))), self.key[1])

    def compared(self, other: object, how: Callable[[int, int], bool]) -> Any:
        return how(*self.paired(other)) if isinstance(other, TwinMoney) else NotImplemented

    def __add__(self, other: object) -> Any:
        return self.combined(other, operator.add)

    def __sub__(self, other: object) -> Any:
        return self.combined(other, operator.sub)

    def __mul__(self, other: object) -> Any:
        if not isinstance(other, int):
            return NotImplemented
        return TwinMoney(fitting(self.key[0] * fitting(other)), self.key[1])

    __rmul__ = __mul__

    def __neg__(self) -> Any:
        return TwinMoney(fitting(-self.key[0]), self.key[1])

    def __abs__(self) -> Any:
        return TwinMoney(fitting(abs(self.key[0])), self.key[1])

    def __bool__(self) -> bool:
        return self.key[0] != 0

    def __eq__(self, other: object) -> Any:
        return self.key == other.key if isinstance(other, TwinMoney) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.key)

    def __lt__(self, other: object) -> Any:
        return self.compared(other, operator.lt)

    def __le__(self, other: object) -> Any:
        return self.compared(other, operator.le)

    def __gt__(self, other: object) -> Any:
        return self.compared(other, operator.gt)

    def __ge__(self, other: object) -> Any:
        return self.compared(other, operator.ge)

    def __repr__(self) -> str:
        return f"Money({self.key[0]}, Currency.{self.key[1]})"

    def __str__(self) -> str:
        number = Decimal(self.key[0]).scaleb(-self.key[1].decimals)
        return f"{number:f} {self.key[1]}"

    def __format__(self, spec: str) -> str:
        return str(self).__format__(spec)

    def is_debt(self) -> bool:
        return self.key[0] < 0


def outcome(work: Callable[[], Any]) -> object:
    """What comes of it: a value that both twins can give, or the exception in words."""
    try:
        found = work()
    except Exception as error:
        return type(error).__name__, re.sub(r"[\w.]*\b(Twin)?Money\b", "Money", str(error))
    if isinstance(found, Money | TwinMoney):
        return repr(found)
    return found


minors = (
    st.integers(LEAST, MOST) | st.sampled_from([0, 1, -1, 99, LEAST, MOST, LEAST + 1]) | st.integers(-9, 9)
)
currencies = st.sampled_from(CURRENCIES)
keys = st.tuples(minors, currencies)

BINARY = [
    *(operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, pow),
    *(operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge),
]
UNARY: list[Callable[[Any], Any]] = [
    *(operator.neg, operator.abs, operator.not_, bool, str, repr, float, int, len, iter),
    operator.methodcaller("is_debt"),
]
binary = pytest.mark.parametrize("operate", BINARY, ids=lambda function: function.__name__)


@binary
@given(keys, keys)
def test_two_amounts_give_what_the_twin_gives(
    operate: Callable[[Any, Any], Any], one: tuple[int, Any], other: tuple[int, Any]
) -> None:
    expected = outcome(lambda: operate(TwinMoney(*one), TwinMoney(*other)))
    assert outcome(lambda: operate(Money(*one), Money(*other))) == expected


class Meeting:
    """Something that knows how to meet money from the right and from the left."""

    def __add__(self, other: object) -> str:
        return "from the left"

    def __radd__(self, other: object) -> str:
        return "from the right"

    def __lt__(self, other: object) -> str:
        return "less"

    def __eq__(self, other: object) -> str:  # type: ignore[override]
        return "equal"

    __hash__ = None  # type: ignore[assignment]


strangers = st.one_of(
    st.none(),
    st.integers(),
    st.booleans(),
    st.floats(),
    st.complex_numbers(),
    st.decimals(),
    st.fractions(),
    st.text(st.characters(), max_size=3),
    st.binary(max_size=3),
    st.tuples(minors, currencies),
    st.lists(st.none(), max_size=2),
    st.builds(Meeting),
    currencies,
)


@binary
@given(keys, strangers, st.booleans())
@example((5, EUR), math.nan, False)
@example((5, EUR), math.inf, True)
@example((0, EUR), 2**100, False)
@example((1, JPY), -(2**63), True)
def test_money_and_a_stranger_give_what_the_twin_gives(
    operate: Callable[[Any, Any], Any], key: tuple[int, Any], stranger: Any, swapped: bool
) -> None:
    def met(money: Any) -> Any:
        return operate(stranger, money) if swapped else operate(money, stranger)

    assert outcome(lambda: met(Money(*key))) == outcome(lambda: met(TwinMoney(*key)))


@pytest.mark.parametrize("operate", UNARY, ids=lambda function: getattr(function, "__name__", "is_debt"))
@given(keys)
def test_an_amount_by_itself_gives_what_the_twin_gives(
    operate: Callable[[Any], Any], key: tuple[int, Any]
) -> None:
    assert outcome(lambda: operate(Money(*key))) == outcome(lambda: operate(TwinMoney(*key)))


specs = st.text("<>^=0123456789.,_sdf! +-#x", max_size=6) | st.text(st.characters(), max_size=3)


@given(keys, specs)
@example((1, EUR), ".<30")
@example((1, EUR), "\ud800>20")
def test_an_amount_is_formatted_as_its_text_is(key: tuple[int, Any], spec: str) -> None:
    money = Money(*key)
    try:
        expected = format(str(money), spec)
    except ValueError as error:
        with pytest.raises(ValueError, match=re.escape(str(error))):
            format(money, spec)
    else:
        assert format(money, spec) == expected


@given(keys, keys)
def test_what_is_equal_has_the_same_hash(one: tuple[int, Any], other: tuple[int, Any]) -> None:
    assert hash(Money(*one)) == hash(Money(*one))
    assert len({Money(*one), Money(*other), Money(*one)}) == len({one, other})


@given(keys)
def test_repr_is_what_one_would_type(key: tuple[int, Any]) -> None:
    assert eval(repr(Money(*key)), {"Money": Money, "Currency": Currency}) == Money(*key)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@given(keys)
def test_an_amount_survives_pickling(protocol: int, key: tuple[int, Any]) -> None:
    found = pickle.loads(pickle.dumps(Money(*key), protocol))
    assert type(found) is Money
    assert (found.minor, found.currency) == key


def test_an_amount_is_copied() -> None:
    money = Money(5, EUR)
    assert copy.copy(money) == copy.deepcopy([money])[0] == money


def test_a_hash_is_the_same_in_another_process() -> None:
    program = "import rust_classes as r; print(hash(r.Money(5, r.Currency.EUR)))"
    child = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert int(child.stdout) == hash(Money(5, EUR))


# Reading amounts -------------------------------------------------------------------------------------

AMOUNTS = {2: r"-?\d+\.\d\d (EUR|USD)", 0: r"-?\d+ (JPY)", 3: r"-?\d+\.\d\d\d (KWD)"}


def parse_in_python(text: str) -> tuple[int, str]:
    for pattern in AMOUNTS.values():
        if found := re.fullmatch(pattern, text, re.ASCII):
            digits = text.split(" ")[0].replace(".", "")
            number = int(digits.lstrip("-0")[:30] or "0")  # more would be too large in any case
            return fitting(-number if digits.startswith("-") else number), found[1]
    raise ValueError("no amount")


scraps = st.text("0123456789.-+ ,_EURJPYKWDeur٣½\n\0", max_size=14) | st.text(max_size=8)
numbers = st.from_regex(r"\A[-+]?[0-9]{0,20}(\.[0-9]{0,4})?\Z")
amounts = st.builds("{}{}{}".format, numbers, st.sampled_from([" ", "  ", "", "\t"]), st.sampled_from(
    ["EUR", "JPY", "KWD", "USD", "eur", "XXX", ""]
))  # fmt: skip


@given(amounts | scraps)
@example("9223372036854775807 JPY")
@example("9223372036854775808 JPY")
@example("-92233720368547758.08 EUR")
@example("-92233720368547758.09 EUR")
@example("0" * 5000 + ".01 EUR")
@example("- 1.00 EUR")
@example("--1.00 EUR")
@example("1.+0 EUR")
@example("+1.00 EUR")
@example("1.-0 EUR")
@example("-.00 EUR")
@example("1.0.0 EUR")
def test_any_text_is_read_as_the_twin_reads_it(text: str) -> None:
    try:
        expected = parse_in_python(text)
    except OverflowError as error:
        with pytest.raises(OverflowError, match=rf"^{error}$"):
            Money.parse(text)
    except ValueError:
        with pytest.raises(ValueError, match=r" is no amount: write it like '9\.90 EUR'"):
            Money.parse(text)
    else:
        found = Money.parse(text)
        assert (found.minor, found.currency.code) == expected


@given(keys)
def test_what_is_written_can_be_read(key: tuple[int, Any]) -> None:
    assert Money.parse(str(Money(*key))) == Money(*key)


def test_a_megabyte_that_is_no_amount_gets_a_short_message() -> None:
    with pytest.raises(ValueError, match="is no amount") as caught:
        Money.parse("é" * 1_000_000)
    assert len(str(caught.value)) < 200


class Index:
    def __index__(self) -> int:
        return 7


@pytest.mark.parametrize(
    ("minor", "expected"),
    [(True, 1), (Index(), 7), (LEAST, LEAST), (MOST, MOST)],
    ids=["bool", "index", "least", "most"],
)
def test_minor_units_are_any_integer_of_64_bits(minor: Any, expected: int) -> None:
    assert Money(minor, EUR).minor == expected


@pytest.mark.parametrize(
    ("minor", "expected"),
    [
        (MOST + 1, OverflowError),
        (LEAST - 1, OverflowError),
        (10**400, OverflowError),
        (1.0, TypeError),
        (math.nan, TypeError),
        (math.inf, TypeError),
        (Decimal(1), TypeError),
        (Fraction(1), TypeError),
        ("1", TypeError),
        (None, TypeError),
        ([1], TypeError),
    ],
    ids=str,
)
def test_what_is_no_number_of_minor_units_is_refused(minor: Any, expected: type[Exception]) -> None:
    with pytest.raises(expected) as caught:
        Money(minor, EUR)
    assert caught.value.__notes__ == ["while processing 'minor'"]


@pytest.mark.parametrize("currency", ["EUR", 0, None, Money(1, EUR), Currency])
def test_what_is_no_currency_is_refused(currency: Any) -> None:
    with pytest.raises(TypeError, match="is not an instance of 'Currency'"):
        Money(1, currency)


@pytest.mark.parametrize(
    ("text", "expected"), [(5, TypeError), (None, TypeError), (b"1 JPY", TypeError), ("\ud800", UnicodeError)]
)
def test_what_is_no_text_cannot_be_read(text: Any, expected: type[Exception]) -> None:
    with pytest.raises(expected) as caught:
        Money.parse(text)
    assert caught.value.__notes__ == ["while processing 'text'"]


def test_money_is_frozen_and_final() -> None:
    with pytest.raises(AttributeError, match="not writable"):
        Money(1, EUR).minor = 2
    with pytest.raises(AttributeError, match="no attribute 'note'"):
        Money(1, EUR).note = "tip"
    with pytest.raises(TypeError, match="not an acceptable base type"):
        type("Tip", (Money,), {})


def test_money_can_be_taken_apart_by_match() -> None:
    match Money(5, KWD):
        case Money(minor, Currency.KWD):
            assert minor == 5
        case _:
            pytest.fail("no case fits")


def test_sum_wants_a_start() -> None:
    with pytest.raises(TypeError, match=r"unsupported operand type\(s\) for \+: 'int'"):
        sum([Money(1, EUR)])
    assert sum([Money(1, EUR)] * 3, start=Money(0, EUR)) == Money(3, EUR)


# Currencies ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("currency", "decimals"), [(EUR, 2), (JPY, 0), (KWD, 3), (USD, 2)], ids=str)
def test_a_currency_has_the_decimals_of_iso_4217(currency: Any, decimals: int) -> None:
    assert currency.decimals == decimals


@pytest.mark.parametrize("code", ["EUR", "JPY", "KWD", "USD"])
def test_a_currency_is_one_object_wherever_it_comes_from(code: str) -> None:
    currency = getattr(Currency, code)
    assert (currency.code, str(currency), repr(currency)) == (code, code, f"Currency.{code}")
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(currency, protocol)) is currency
    assert copy.deepcopy(currency) is Money(1, currency).currency is currency
    assert {currency: 1}[Money.parse(f"{Money(0, currency)}").currency] == 1


def test_currencies_are_equal_to_themselves_alone_and_have_no_order() -> None:
    for one, other in itertools.product(CURRENCIES, repeat=2):
        assert (one == other) == (one is other)
    assert EUR != "EUR"
    assert EUR != 0
    with pytest.raises(TypeError, match="'<' not supported"):
        EUR < JPY  # noqa: B015


def test_a_currency_is_not_an_enum_of_pythons() -> None:
    with pytest.raises(TypeError, match="not iterable"):
        list(Currency)
    with pytest.raises(TypeError, match=r"(No constructor defined|cannot create) .*Currency"):
        Currency()


# The ledger, and its twin ------------------------------------------------------------------------------

ACCOUNTS = ["till", "safe", "", "día \N{SNAKE}"]
names = st.sampled_from([*ACCOUNTS, "saef", "till ", "\ud800"])
moneys = st.builds(Money, minors, currencies)
good_entries = st.tuples(st.sampled_from(ACCOUNTS), moneys)


class Books(RuleBasedStateMachine):
    """A ledger beside a list, of which every transaction keeps a whole copy."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger(*ACCOUNTS)
        self.entries: list[tuple[str, Any]] = []
        self.open: list[tuple[Any, list[tuple[str, Any]]]] = []
        self.ended: list[Any] = []

    @rule(account=names, money=moneys)
    def post(self, account: str, money: Any) -> None:
        if account in ACCOUNTS:
            self.ledger.post(account, money)
            self.entries.append((account, money))
        else:
            with pytest.raises((KeyError, UnicodeEncodeError)):
                self.ledger.post(account, money)

    @rule(entries=st.lists(good_entries, max_size=4), bad=st.none() | st.just(("saef", Money(1, EUR))))
    def extend(self, entries: list[tuple[str, Any]], bad: tuple[str, Any] | None) -> None:
        if bad is None:
            self.ledger.extend(iter(entries))
            self.entries.extend(entries)
        else:
            with pytest.raises(KeyError, match="'saef'"):
                self.ledger.extend([*entries, bad])

    @rule()
    def twice(self) -> None:
        if len(self.entries) < 100:
            self.ledger.extend(self.ledger)
            self.entries.extend(self.entries[:])

    @rule()
    def begin(self) -> None:
        transaction = self.ledger.transaction()
        assert isinstance(transaction, Transaction)
        assert transaction.__enter__() is self.ledger
        self.open.append((transaction, self.entries[:]))

    @precondition(lambda self: self.open)
    @rule(data=st.data(), failed=st.booleans())
    def end(self, data: st.DataObject, failed: bool) -> None:
        at = data.draw(st.integers(0, len(self.open) - 1) | st.just(len(self.open) - 1))
        transaction, before = self.open[at]
        error = ValueError("half way")
        arguments = (type(error), error, error.__traceback__) if failed else (None, None, None)
        assert transaction.__exit__(*arguments) is False
        if failed:
            self.entries = before[:]
        self.ended.extend(inner for inner, _ in self.open[at:])
        del self.open[at:]

    @precondition(lambda self: self.ended)
    @rule(data=st.data())
    def end_again(self, data: st.DataObject) -> None:
        with pytest.raises(RuntimeError, match=r"^the transaction is not open$"):
            data.draw(st.sampled_from(self.ended)).__exit__(None, None, None)

    @rule(account=st.sampled_from(ACCOUNTS), currency=currencies)
    def balance(self, account: str, currency: Any) -> None:
        held = [money for name, money in self.entries if name == account and money.currency == currency]
        expected = sum(money.minor for money in held)
        if LEAST <= expected <= MOST:
            assert self.ledger.balance(account, currency) == Money(expected, currency)
        else:
            with pytest.raises(OverflowError, match=r"^the amount does not fit in 64 bits$"):
                self.ledger.balance(account, currency)

    @rule(entry=good_entries)
    def contains(self, entry: tuple[str, Any]) -> None:
        assert (entry in self.ledger) == (entry in self.entries)

    @invariant()
    def same(self) -> None:
        assert len(self.ledger) == len(self.entries)
        assert list(self.ledger) == self.ledger[:] == self.entries
        assert list(reversed(self.ledger)) == self.entries[::-1]
        assert all(entry in self.ledger for entry in self.entries[-3:])


test_a_ledger_does_what_a_list_with_copies_does = Books.TestCase


def filled(*numbers: int) -> Any:
    ledger = Ledger("till", "safe")
    for number in numbers:
        ledger.post("till", Money(number, EUR))
    return ledger


class Raising:
    def __index__(self) -> int:
        raise ZeroDivisionError("by an index")


whole = st.integers() | st.integers(-7, 7) | st.sampled_from([2**63, -(2**63) - 1, sys.maxsize, -sys.maxsize])
ends = st.none() | whole | st.builds(Index)
indices = st.one_of(
    whole,
    st.builds(slice, ends, ends, ends),
    st.builds(Index),
    st.booleans(),
    st.sampled_from([None, "0", 0.0, math.nan, (0,), [0], {}, b"", Raising(), slice("a"), slice(1.0)]),
)


@given(st.integers(0, 5), indices)
@example(0, 0)
@example(3, slice(None, None, 0))
@example(3, slice(None, None, -sys.maxsize - 1))
def test_brackets_give_what_those_of_a_list_give(size: int, index: Any) -> None:
    ledger = filled(*range(size))
    entries = list(ledger)

    def asked(sequence: Any) -> object:
        try:
            return sequence[index]
        except Exception as error:
            return type(error), str(error).replace("list ", "ledger ")

    assert asked(ledger) == asked(entries)


@pytest.mark.parametrize(
    "stranger",
    [None, 5, "till", ("till",), ["till", Money(1, EUR)], ("till", 1), (1, Money(1, EUR)), ("\ud800", EUR)],
    ids=repr,
)
def test_what_is_no_entry_is_not_in_a_ledger(stranger: Any) -> None:
    assert stranger not in filled(1, 2)


def test_an_iterator_outlives_the_name_of_its_ledger_and_stays_at_its_end() -> None:
    entries = iter(filled(1, 2))
    assert isinstance(entries, Entries)
    assert iter(entries) is entries
    assert [money.minor for _, money in entries] == [1, 2]
    assert list(entries) == []


def test_a_ledger_that_changes_under_its_loop_says_so() -> None:
    ledger = filled(1, 2)
    with pytest.raises(RuntimeError, match=r"^ledger changed size during iteration$"):
        [ledger.post(account, money) for account, money in itertools.islice(ledger, 9)]
    assert len(ledger) == 3


def test_an_iterator_at_its_end_does_not_see_what_comes_later() -> None:
    ledger = filled(1)
    entries = iter(ledger)
    list(entries)
    ledger.post("till", Money(2, EUR))
    assert next(entries, None) is None


def test_two_accounts_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r'^there are two accounts called "till"$'):
        Ledger("till", "safe", "till")


@pytest.mark.parametrize("name", [None, 5, b"till", ["till"]])
def test_an_account_is_called_by_a_text(name: Any) -> None:
    with pytest.raises(TypeError, match="is not an instance of 'str'"):
        Ledger("till", name)
    with pytest.raises(TypeError, match="is not an instance of 'str'"):
        Ledger("till").post(name, Money(1, EUR))


@pytest.mark.parametrize("ask", [lambda ledger: ledger.post("tips", Money(1, EUR)),
                                 lambda ledger: ledger.balance("tips", EUR)])  # fmt: skip
def test_an_unknown_account_is_a_key_error_with_the_key(ask: Callable[[Any], object]) -> None:
    with pytest.raises(KeyError) as caught:
        ask(Ledger("till"))
    assert caught.value.args == ("tips",)


@pytest.mark.parametrize("money", [None, 5, 1.5, "1.00 EUR", (1, EUR), EUR])
def test_what_is_no_money_cannot_be_posted(money: Any) -> None:
    with pytest.raises(TypeError, match="is not an instance of 'Money'"):
        Ledger("till").post("till", money)


def test_a_ledger_is_equal_to_itself_alone_and_cannot_be_pickled() -> None:
    one, other = Ledger("till"), Ledger("till")
    assert one == one
    assert one != other
    with pytest.raises(TypeError, match=r"^cannot pickle 'rust_classes\.Ledger' object$"):
        pickle.dumps(one)


# Transactions ------------------------------------------------------------------------------------------


class Leaving(BaseException):
    pass


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), SystemExit(3), Leaving()], ids=repr)
def test_a_block_that_is_left_by_any_exception_leaves_no_entry(error: BaseException) -> None:
    ledger = filled(1)

    def leaving() -> None:
        with ledger.transaction() as within:
            assert within is ledger
            ledger.post("till", Money(-1, EUR))
            raise error

    with pytest.raises(type(error)) as caught:
        leaving()
    assert caught.value is error
    assert [money.minor for _, money in ledger] == [1]


def test_a_block_that_is_left_by_return_or_break_keeps_its_entries() -> None:
    ledger = filled()

    def returning() -> None:
        with ledger.transaction():
            ledger.post("till", Money(1, EUR))
            return

    returning()
    for _ in range(3):
        with ledger.transaction():
            ledger.post("till", Money(2, EUR))
            break
    assert [money.minor for _, money in ledger] == [1, 2]


def test_a_generator_that_is_closed_within_a_block_leaves_no_entry() -> None:
    ledger = filled()

    def working() -> Generator[None]:
        with ledger.transaction():
            ledger.post("till", Money(1, EUR))
            yield

    work = working()
    next(work)
    assert len(ledger) == 1
    work.close()
    assert len(ledger) == 0


def test_a_transaction_can_be_used_again_but_not_while_it_is_open() -> None:
    ledger = filled()
    transaction = ledger.transaction()
    for _ in range(2):
        with transaction:
            ledger.post("till", Money(1, EUR))
            with pytest.raises(RuntimeError, match=r"^the transaction is open already$"):
                transaction.__enter__()
    assert len(ledger) == 2


def test_a_rollback_takes_along_what_another_thread_has_posted_meanwhile() -> None:
    ledger = filled(1)
    transaction = ledger.transaction()
    transaction.__enter__()
    other = threading.Thread(target=ledger.post, args=("safe", Money(2, EUR)))
    other.start()
    other.join(10)
    assert len(ledger) == 2
    transaction.__exit__(ValueError, None, None)
    assert len(ledger) == 1


@pytest.mark.parametrize("failed", [ValueError, None])
def test_the_end_of_a_transaction_is_that_of_all_within(failed: type[Exception] | None) -> None:
    ledger = filled()
    outer, inner = ledger.transaction(), ledger.transaction()
    outer.__enter__()
    inner.__enter__()
    outer.__exit__(failed, None, None)
    ledger.post("till", Money(1, EUR))
    with pytest.raises(RuntimeError, match=r"^the transaction is not open$"):
        inner.__exit__(ValueError, None, None)
    assert len(ledger) == 1


def test_a_transaction_that_never_began_cannot_end() -> None:
    with pytest.raises(RuntimeError, match=r"^the transaction is not open$"):
        filled().transaction().__exit__(None, None, None)


# Lent, and lent again ------------------------------------------------------------------------------------


def looking(ledger: Any) -> Iterator[tuple[str, Any]]:
    yield "safe", ledger.balance("till", EUR)


def writing(ledger: Any) -> Iterator[tuple[str, Any]]:
    ledger.post("till", Money(5, EUR))
    yield "safe", Money(5, EUR)


def beginning(ledger: Any) -> Iterator[tuple[str, Any]]:
    with ledger.transaction():
        yield "safe", Money(5, EUR)


@pytest.mark.parametrize(
    ("work", "message"),
    [(looking, "Already mutably borrowed"), (writing, "Already borrowed"), (beginning, "Already borrowed")],
)
def test_python_that_comes_back_while_the_ledger_is_lent_gets_an_error(
    work: Callable[[Any], Any], message: str
) -> None:
    ledger = filled(7)
    with pytest.raises(RuntimeError, match=rf"^{message}$"):
        ledger.extend_while_lent(work(ledger))
    ledger.post("safe", Money(1, EUR))  # and then it is free again
    assert len(ledger) == 2


@pytest.mark.parametrize(("work", "size"), [(looking, 2), (writing, 3), (beginning, 2), (iter, 2)])
def test_extend_lets_python_do_what_it_likes(work: Callable[[Any], Any], size: int) -> None:
    ledger = filled(7)
    ledger.extend(work(ledger))
    assert len(ledger) == size


def test_a_block_cannot_end_while_the_ledger_is_lent_and_ends_later() -> None:
    ledger = filled()
    transaction = ledger.transaction()
    transaction.__enter__()
    ledger.post("till", Money(1, EUR))

    def ending() -> Iterator[tuple[str, Any]]:
        yield transaction.__exit__(ValueError, ValueError(), None)

    with pytest.raises(RuntimeError, match=r"^Already borrowed$"):
        ledger.extend_while_lent(ending())
    assert transaction.__exit__(ValueError, ValueError(), None) is False
    assert len(ledger) == 0


class Lying(list[Any]):
    def __len__(self) -> int:
        return 10**15


@pytest.mark.parametrize("extend", [Ledger.extend, Ledger.extend_while_lent])
@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (None, TypeError),
        (5, TypeError),
        (range(10**15), TypeError),
        ("till", TypeError),
        ([None], TypeError),
        ([["till", Money(1, EUR)]], TypeError),
        ([("till", 1)], TypeError),
        ([("till",)], ValueError),
        ([("till", Money(1, EUR), 1)], ValueError),
        ([("\ud800", Money(1, EUR))], UnicodeEncodeError),
        ([("tips", Money(1, EUR))], KeyError),
        (Lying([None]), TypeError),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_no_entry_cannot_extend_a_ledger(
    extend: Callable[[Any, Any], None], entries: Any, expected: type[Exception]
) -> None:
    ledger = filled()
    with pytest.raises(expected):
        extend(ledger, entries)
    assert len(ledger) == 0


def test_what_an_iterable_raises_arrives_and_nothing_is_posted() -> None:
    error = ZeroDivisionError("half way")

    def failing() -> Iterator[tuple[str, Any]]:
        yield "till", Money(1, EUR)
        raise error

    ledger = filled()
    with pytest.raises(ZeroDivisionError) as caught:
        ledger.extend(failing())
    assert caught.value is error
    assert len(ledger) == 0


@needs_timers
def test_a_long_iterable_can_be_stopped() -> None:
    ledger = filled()
    with pytest.raises(TimeoutError), alarm():
        ledger.extend(itertools.repeat(("till", Money(1, EUR)), 2_000_000))
    assert len(ledger) == 0


# Threads -------------------------------------------------------------------------------------------------


def test_amounts_are_shared_by_threads() -> None:
    shared = [Money(minor, EUR) for minor in range(1000)]
    with ThreadPoolExecutor(8) as pool:
        sums = list(pool.map(lambda _: sum(shared, start=Money(0, EUR)), range(40)))
    assert set(sums) == {Money(sum(range(1000)), EUR)}


def test_no_entry_of_any_thread_is_lost_without_an_error() -> None:
    ledger, start, refused = filled(), threading.Barrier(4), []

    def post() -> None:
        start.wait(10)
        for _ in range(2000):
            try:
                ledger.post("till", Money(1, EUR))
            except RuntimeError as error:  # a Python without a GIL may find the ledger lent
                refused.append(str(error))

    threads = [threading.Thread(target=post) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(ledger) + len(refused) == 8000
    assert set(refused) <= {"Already borrowed"}
    assert refused == [] or not getattr(sys, "_is_gil_enabled", lambda: True)()


# The page ------------------------------------------------------------------------------------------------


def page_names(words: str) -> dict[str, Any]:
    """What the one cell of the page that holds these words defines."""
    cells = jupytext.read(ROOT / "book" / "rust_classes.md").cells
    (source,) = [cell.source for cell in cells if words in cell.source and cell.cell_type == "code"]
    defined: dict[str, Any] = {}
    exec(source, defined)
    return defined


PAGE = page_names("class SlotMoney")
SlotMoney, SlotLedger, Code = PAGE["SlotMoney"], PAGE["SlotLedger"], PAGE["Code"]


def slot(key: tuple[int, Any]) -> Any:
    return SlotMoney(key[0], Code[key[1].code])


@given(keys, keys)
def test_the_class_with_slots_on_the_page_is_as_careful_as_ours(
    one: tuple[int, Any], other: tuple[int, Any]
) -> None:
    ours, theirs = (Money(*one), Money(*other)), (slot(one), slot(other))
    assert (ours[0] == ours[1]) == (theirs[0] == theirs[1])
    assert ours[0].is_debt() == theirs[0].is_debt()
    assert str(ours[0]) == str(theirs[0])
    assert len(set(ours)) == len(set(theirs))
    assert theirs[0] != 5
    with pytest.raises(TypeError, match=r"^unsupported operand type"):
        theirs[0] + 5
    with suppress(OverflowError):
        expected = outcome(lambda: str(ours[0] + ours[1]))
        if isinstance(expected, str) or "do not mix" in expected[1]:  # type: ignore[index]
            assert outcome(lambda: str(theirs[0] + theirs[1])) == expected


@given(st.lists(st.tuples(st.sampled_from(["till", "safe"]), st.integers(-(10**12), 10**12), currencies)))
def test_the_ledger_with_slots_on_the_page_holds_what_ours_holds(rows: list[tuple[str, int, Any]]) -> None:
    ours, theirs = Ledger("till", "safe"), SlotLedger("till", "safe")
    for account, minor, currency in rows:
        ours.post(account, Money(minor, currency))
        theirs.post(account, slot((minor, currency)))
    for currency in CURRENCIES:
        assert str(ours.balance("till", currency)) == str(theirs.balance("till", Code[currency.code]))
    with pytest.raises(KeyError, match="'tips'"):
        theirs.post("tips", slot((1, EUR)))


def test_a_slot_has_an_instruction_of_its_own_and_a_getter_has_not() -> None:
    def instructions(money: Any) -> set[str]:
        def read(money: Any) -> object:
            return money.minor

        for _ in range(100):
            read(money)
        return {one.opname for one in dis.get_instructions(read, adaptive=True) if "ATTR" in one.opname}

    assert instructions(slot((1, EUR))) == {"LOAD_ATTR_SLOT"}
    assert "LOAD_ATTR_SLOT" not in instructions(Money(1, EUR))


# The solutions ---------------------------------------------------------------------------------------------


@given(keys, st.integers(1, 2000))
def test_split_loses_nothing_and_is_as_equal_as_can_be(key: tuple[int, Any], ways: int) -> None:
    shares = [share.minor for share in rust_classes.solutions.split(Money(*key), ways)]
    even = Fraction(key[0], ways)
    assert sum(shares) == key[0]
    assert shares == sorted(shares, reverse=True)
    assert len(shares) == ways
    assert all(abs(share - even) < 1 for share in shares)


@given(st.lists(keys, max_size=6))
def test_total_is_the_sum_of_the_twins_or_refuses_as_they_do(prices: list[tuple[int, Any]]) -> None:
    def of_twins() -> Any:
        if not prices:
            raise ValueError("of which currency is nothing?")
        first, *others = [TwinMoney(*price) for price in prices]
        return sum(others, start=first)

    ours = [Money(*price) for price in prices]
    assert outcome(lambda: rust_classes.solutions.total(ours)) == outcome(of_twins)
