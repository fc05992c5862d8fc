"""The columns of the frames and Parquet files of calls: names, types, units. Both engines and all readers keep to them.

All numbers are integers. Money and rates are of 10⁻⁶ of the currency (`_e6`); moments are Unix seconds (`_s`), days are
days since 1 January 1970 in the seller's time zone, months are 12 × year + month − 1 of that day.

A number is its E.164 digits without the plus; a short code or a number that is kept as dialled stands behind an
equals sign: "31612345678", "=112". Prefixes of rates are written alike; "onnet" is the prefix a deck has for calls
between endpoints of the same seller.
"""

from collections.abc import Mapping
from enum import IntEnum

# The type of a column: a whole number of 64 bits, a text, or yes and no.
INTEGER, TEXT, BOOLEAN = "integer", "text", "boolean"
Columns = Mapping[str, str]

SLOT_SECONDS = 900

# A call as it was read. `seconds` is what is billed (0: not answered). `account` is the SIP account or account code.
# `incoming`: it was made to an endpoint of ours, which the called number says. `buy_e6` and `sell_e6` are what the
# switch or carrier says it costs, null where it says nothing. `destination` is the carrier's own name of the
# destination, `reason` why it ended.
CALLS: Columns = {
    "file_id": INTEGER,
    "line": INTEGER,
    "record_id": TEXT,
    "start_s": INTEGER,
    "seconds": INTEGER,
    "caller": TEXT,
    "called": TEXT,
    "account": TEXT,
    "trunk": TEXT,
    "incoming": BOOLEAN,
    "buy_e6": INTEGER,
    "sell_e6": INTEGER,
    "destination": TEXT,
    "reason": TEXT,
}

# Whose an endpoint is: `kind` as EndpointKind; valid from `from_s` until before `before_s`.
ENDPOINTS: Columns = {
    "kind": TEXT,
    "value": TEXT,
    "value_to": TEXT,
    "from_s": INTEGER,
    "before_s": INTEGER,
    "owner_id": INTEGER,
}

# For one seller of the chain: who pays it for an end customer's calls (`buyer_id`), by which deck. A call has a row for
# every `component` that fits its direction: the first is the call itself, others are prices that come on top where they
# have one. `own_deck_id` holds exceptions, null where there are none: its prefix wins when it is at least as long.
TARIFFS: Columns = {
    "owner_id": INTEGER,
    "from_day": INTEGER,
    "before_day": INTEGER,
    "buyer_id": INTEGER,
    "component": INTEGER,
    "required": BOOLEAN,
    "incoming": BOOLEAN,
    "deck_id": INTEGER,
    "own_deck_id": INTEGER,
}

# The days of a deck between which none of its rates begins or ends, and the peak times it has then.
ERAS: Columns = {
    "deck_id": INTEGER,
    "from_day": INTEGER,
    "before_day": INTEGER,
    "era_id": INTEGER,
    "schedule_id": INTEGER,
}

# The rates of an era. `minute_e6` holds in peak times and where there are none, `offpeak_e6` otherwise. Seconds are
# rounded up to `first_s`, then to steps of `next_s`. From `later_after_s` on (0: never) a minute costs `later_e6`, in
# steps of `later_next_s`. `markup_e6` is a share of the buy price on top of it, null: the buy price counts for nothing.
# `minimum_e6` and `maximum_e6` bound what a call costs, null: no bound. `quantum_e6` is what a call is rounded to
# (100: four decimals), `rounding` a `Rounding`.
RATES: Columns = {
    "era_id": INTEGER,
    "prefix": TEXT,
    "rate_id": INTEGER,
    "product_id": INTEGER,
    "category": INTEGER,
    "setup_e6": INTEGER,
    "minute_e6": INTEGER,
    "offpeak_e6": INTEGER,
    "first_s": INTEGER,
    "next_s": INTEGER,
    "later_after_s": INTEGER,
    "later_e6": INTEGER,
    "later_next_s": INTEGER,
    "markup_e6": INTEGER,
    "minimum_e6": INTEGER,
    "maximum_e6": INTEGER,
    "quantum_e6": INTEGER,
    "rounding": INTEGER,
}

# The seller's local day and month of every quarter of an hour (UTC), the slot being start_s // SLOT_SECONDS.
CALENDAR: Columns = {"slot": INTEGER, "day": INTEGER, "month": INTEGER}
# The slots that are off-peak, by schedule.
OFFPEAK: Columns = {"schedule_id": INTEGER, "slot": INTEGER}

# What an end customer has free in a month: `cap_s` seconds or `cap_e6` of money (the other is null), for the category.
# Rows of one bundle share its cap; a category stands in one bundle of an owner and month. Where the days are given it
# covers only the calls of those days.
BUNDLES: Columns = {
    "owner_id": INTEGER,
    "month": INTEGER,
    "category": INTEGER,
    "bundle_id": INTEGER,
    "cap_s": INTEGER,
    "cap_e6": INTEGER,
    "from_day": INTEGER,
    "before_day": INTEGER,
}


class Status(IntEnum):
    """What became of a call for a seller."""

    RATED = 0
    UNPRICED = 1
    UNOWNED = 2


# A price row of a call for one seller. `billed_s` are the seconds after rounding up, `included_s` those of them that a
# bundle covers, `amount_e6` what is left to pay (null when unpriced or unowned), `covered_e6` what the bundle covered.
# `buy_e6` is what the seller above asks for the same call and component, or what the switch said.
RATED: Columns = {
    "file_id": INTEGER,
    "line": INTEGER,
    "start_s": INTEGER,
    "day": INTEGER,
    "month": INTEGER,
    "caller": TEXT,
    "called": TEXT,
    "seconds": INTEGER,
    "owner_id": INTEGER,
    "buyer_id": INTEGER,
    "component": INTEGER,
    "status": INTEGER,
    "deck_id": INTEGER,
    "rate_id": INTEGER,
    "prefix": TEXT,
    "product_id": INTEGER,
    "category": INTEGER,
    "billed_s": INTEGER,
    "included_s": INTEGER,
    "covered_e6": INTEGER,
    "amount_e6": INTEGER,
    "buy_e6": INTEGER,
}

# What the price rows of one seller come to.
SUMS: Columns = {
    "owner_id": INTEGER,
    "buyer_id": INTEGER,
    "month": INTEGER,
    "component": INTEGER,
    "status": INTEGER,
    "product_id": INTEGER,
    "category": INTEGER,
    "calls": INTEGER,
    "seconds": INTEGER,
    "billed_s": INTEGER,
    "included_s": INTEGER,
    "covered_e6": INTEGER,
    "amount_e6": INTEGER,
    "buy_e6": INTEGER,
}
