"""The words by which files name what rebill knows by a code, in Dutch, German, Finnish and English."""

from rebill.interfaces.imports.importable import choice
from rebill.kit.imports.values import Choice
from rebill.rules.periods import Alignment, Timing
from rebill.rules.tax import RateClass, Supply

MONTHLY = (
    "maand|maandelijks|per maand|m|monat|monatlich|pro monat|mtl|kuukausi|kuukausittain|kk|month|monthly|per month"
    "|month-to-month|1 month|1 maand|1 monat"
)
QUARTERLY = (
    "kwartaal|per kwartaal|driemaandelijks|quartal|quartalsweise|vierteljährlich|neljännesvuosi|neljännesvuosittain"
    "|quarter|quarterly|per quarter|3 months|3 maanden|3 monate|q"
)
HALF_YEARLY = (
    "halfjaar|halfjaarlijks|per halfjaar|halbjahr|halbjährlich|puolivuosi|puolivuosittain|half-year|half-yearly"
    "|semi-annually|6 months|6 maanden|6 monate"
)
YEARLY = (
    "jaar|jaarlijks|per jaar|j|jahr|jährlich|pro jahr|vuosi|vuosittain|year|yearly|annually|annual|per year|one year"
    "|12 months|12 maanden|12 monate|y"
)
TWO_YEARLY = "2 jaar|tweejaarlijks|2 jahre|zweijährlich|2 vuotta|two year|two years|2 years|24 months"
THREE_YEARLY = "3 jaar|driejaarlijks|3 jahre|dreijährlich|3 vuotta|three years|3 years|36 months"

_PERIOD_WORDS = {1: MONTHLY, 3: QUARTERLY, 6: HALF_YEARLY, 12: YEARLY, 24: TWO_YEARLY, 36: THREE_YEARLY}

INTERVALS: tuple[Choice, ...] = tuple(choice(str(months), _PERIOD_WORDS[months]) for months in (1, 3, 6, 12))
PERIODS: tuple[Choice, ...] = tuple(choice(str(months), _PERIOD_WORDS.get(months, "")) for months in range(1, 37))

LANGUAGES: tuple[Choice, ...] = (
    choice("nl", "nederlands|niederländisch|hollanti|dutch|nld|nl-nl|nl-be"),
    choice("de", "duits|deutsch|saksa|german|deu|ger|de-de|de-at"),
    choice("fi", "fins|finnisch|suomi|finnish|fin|fi-fi"),
    choice("en", "engels|englisch|englanti|english|eng|en-gb|en-us"),
)

TIMINGS: tuple[Choice, ...] = (
    choice(
        Timing.ADVANCE,
        "vooraf|vooruit|bij vooruitbetaling|im voraus|voraus|vorschüssig|etukäteen|ennakkoon|in advance|prepaid",
    ),
    choice(
        Timing.ARREARS,
        "achteraf|na afloop|nachträglich|im nachhinein|nachschüssig|jälkikäteen|takautuvasti|in arrears|postpaid",
    ),
)

ALIGNMENTS: tuple[Choice, ...] = (
    choice(Alignment.CALENDAR, "kalender|kalendermaand|kalendermonat|kalenteri|kalenterikuukausi|calendar month"),
    choice(
        Alignment.ANNIVERSARY,
        "ingangsdatum|vanaf startdatum|jubileum|startdatum|vertragsbeginn|alkupäivä|vuosipäivä|start date",
    ),
)

RATE_CLASSES: tuple[Choice, ...] = (
    choice(RateClass.STANDARD, "hoog|normaal|21|21%|algemeen|normal|regelsatz|19|19%|yleinen|25,5|25,5%|high|full"),
    choice(RateClass.REDUCED, "laag|verlaagd|9|9%|ermäßigt|7|7%|alennettu|13,5|13,5%|14|14%|low"),
    choice(RateClass.SECOND_REDUCED, "tweede verlaagd|zweiter ermäßigter|toinen alennettu|10|10%|second reduced"),
    choice(RateClass.ZERO, "nul|nultarief|0|0%|nullsatz|nolla|nollaverokanta|zero rate"),
    choice(RateClass.EXEMPT, "vrijgesteld|vrij|steuerfrei|befreit|veroton|vapautettu|tax free"),
    choice(RateClass.OUTSIDE, "buiten btw|geen btw|nicht steuerbar|soveltamisalan ulkopuolella|outside scope|no vat"),
)

SUPPLIES: tuple[Choice, ...] = (
    choice(Supply.SERVICES, "dienst|diensten|dienstleistung|dienstleistungen|leistung|palvelu|palvelut|service"),
    choice(Supply.GOODS, "goed|goederen|artikel|ware|waren|tavara|tavarat|good|hardware"),
    choice(
        Supply.ELECTRONIC,
        "telecom|telecommunicatie|digitaal|digitale dienst|elektronisch|telekommunikation|sähköinen|televiestintä"
        "|digital|electronic service|telecommunications",
    ),
)
