"""How many PDFs a second: ours in one and two processes, and WeasyPrint from HTML of equal content, side by side.

    python -m benchmarks.pdf_against_weasyprint [--documents 200] [--rounds 3]

All take turns in every round, so that what else the machine does hits them alike; the table shows the best round and
the median of the ratios. What it takes to start a process is left out, for a run has thousands of documents. The time
of a core says what a document costs on a machine that is busy with other things too.
"""

import argparse
import html
import os
import resource
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from rebill.invoices.documents.contract import DocumentContent, LineContent, Logo, Look
from rebill.invoices.documents.pdf.fonts import families_for, font_folders
from rebill.invoices.documents.pdf.many import render_many
from rebill.invoices.documents.pdf.printed import printed
from rebill.invoices.documents.pdf.sample import samples
from rebill.rules.money import Money

LINES = 12
OTHER = "WeasyPrint, 1 process"
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20" width="60" height="20">'
    '<path d="M2 6c6 0 6 4 12 4s6-4 12-4 6 4 12 4 6-4 12-4M2 14c6 0 6 4 12 4s6-4 12-4 6 4 12 4 6-4 12-4"'
    ' fill="none" stroke="#0b6a6f" stroke-width="3"/></svg>'
)
STYLE = """
@page { size: A4; margin: 17mm 20mm 26mm; @bottom-center { content: element(footer) } }
@font-face { font-family: Inter; src: url("file://%s"); font-weight: 400 }
@font-face { font-family: Inter; src: url("file://%s"); font-weight: 600 }
body { font: 9.5pt/1.45 Inter; color: #211f1b; margin: 0 }
.grey, th { color: #5f5d59 } th { font-size: 8.5pt; font-weight: 400 }
.head, .to { display: flex; justify-content: space-between; min-height: 30mm }
.seller { text-align: right; font-size: 8.5pt } .logo { height: 14mm }
table { width: 100%%; border-collapse: collapse } td, th { padding: .7mm 0 .7mm 5.5mm; text-align: left }
td:first-child, th:first-child { padding-left: 0 } .figure { text-align: right; font-variant-numeric: tabular-nums }
thead th { border-bottom: 1.1pt solid #0b6a6f } .group { font-weight: 600; color: inherit; font-size: 9.5pt }
.sums { width: 82mm; margin: 6mm 0 6mm auto } .total td { font-size: 12pt; font-weight: 600;
 border-top: 1.1pt solid #0b6a6f } .pay { display: flex; align-items: center; gap: 5mm } .pay svg { width: 26mm }
footer { position: running(footer); text-align: center; font-size: 8pt; border-top: .5pt solid #d3d2d1 }
footer::after { content: "Pagina " counter(page) " van " counter(pages) }
"""


def invoice(number: int) -> DocumentContent:
    """One page: logo, twelve lines under two headings, two rates of VAT, the payment code, a footer."""
    content = samples(Look(accent="#0b6a6f", logo=Logo(LOGO.encode(), "image/svg+xml")))[0]
    first = content.lines[0]
    lines: list[LineContent] = [
        replace(
            first,
            text=f"Werkplek {position} van klant {number}",
            detail="",
            group="Maandelijkse kosten" if position < LINES // 2 else "Eenmalige kosten",
            quantity=Decimal(position + 1),
            net=Money(795 * (position + 1), "EUR"),
        )
        for position in range(LINES)
    ]
    return replace(content, number=f"2026-{number:05}", lines=tuple(lines))


def as_html(content: DocumentContent) -> str:
    """The same texts in the same places, from the very values that our template gets."""
    document = printed(content, logo_path=None, fonts=families_for("Inter"))
    escape: Callable[[str], str] = html.escape

    def cell(key: str, text: str, tag: str = "td") -> str:
        figure = "" if key in ("text", "period") else ' class="figure"'
        return f"<{tag}{figure}>{escape(text)}</{tag}>"

    def block(texts: list[str]) -> str:
        return "<br>".join(map(escape, texts))

    def rows() -> Iterator[str]:
        for group in document["groups"]:
            yield f'<tr><th class="group" colspan="{len(document["columns"])}">{escape(group["title"])}</th></tr>'
            for line in group["lines"]:
                detail = f'<br><small class="grey">{block(line["detail"])}</small></td>'
                cells = "".join(cell(key, line[key]) for key, _ in document["columns"])
                yield f"<tr>{cells.replace('</td>', detail, 1)}</tr>"

    def pairs(entries: list[list[str]]) -> str:
        return "".join(f"<tr><td>{escape(name)}</td>{cell('amount', text)}</tr>" for name, text in entries)

    return f"""<!doctype html>
<html lang="{document["language"]}"><head><title>{escape(document["title"])}</title></head>
<body><footer>{block(document["footer"])}<br></footer>
<div class="head"><div class="logo">{LOGO}</div><div class="seller grey">{_party(document["seller"], block)}</div></div>
<div class="to"><div>{_party(document["customer"], block)}</div><table style="width:auto">{pairs(document["facts"])}
</table></div><p>{block(document["opening"])}</p>
<table><thead><tr>{"".join(cell(key, label, "th") for key, label in document["columns"])}</tr></thead>
<tbody>{"".join(rows())}</tbody></table>
<table class="sums">{pairs(document["sums"])}<tr class="total"><td>{escape(document["total"][0])}</td>
{cell("amount", document["total"][1])}</tr></table>
<div class="pay">{document["code"]["svg"]}<p class="grey">{block(document["payment"])}</p></div>
<p>{block(document["closing"])}</p></body></html>"""


def _party(party: dict[str, Any], block: Callable[[list[str]], str]) -> str:
    return f"<b>{html.escape(party['name'])}</b><br>{block(party['lines'])}"


@dataclass(frozen=True, slots=True)
class Speed:
    """Documents a second by the clock on the wall, and what each cost in time of a core."""

    per_second: float
    core_ms: float


def ours(contents: list[DocumentContent], workers: int) -> Speed:
    """Counted from the first documents that are ready; the cost of starting is measured apart and taken off."""
    before = _core_seconds_of_children()
    assert all(isinstance(outcome, bytes) for _, outcome in render_many(enumerate(contents[:workers]), workers=workers))
    starting = _core_seconds_of_children() - before
    outcomes = render_many(enumerate([*contents[:workers], *contents]), workers=workers)
    for _ in range(workers):
        next(outcomes)
    started = perf_counter()
    assert all(isinstance(outcome, bytes) for _, outcome in outcomes)
    seconds = perf_counter() - started
    rendering = _core_seconds_of_children() - before - 2 * starting
    return Speed(len(contents) / seconds, rendering / len(contents) * 1000)


def _core_seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def small_fonts(folder: Path) -> list[Path]:
    """Inter in the two weights we print, cut down to Western letters.

    WeasyPrint parts the whole font anew for every document, which takes it seconds with the full one; so it gets the
    best that somebody who uses it could do. Ours takes the font as it comes.
    """
    variable = next(path for known in font_folders() for path in known.rglob("Inter[[]*.ttf"))
    paths = []
    for weight in (400, 600):
        font = instantiateVariableFont(TTFont(variable), {"wght": weight, "opsz": 14})
        letters = Subsetter(Options(layout_features=["kern", "tnum"], name_IDs=["*"]))
        letters.populate(unicodes=[*range(0x20, 0x180), *range(0x2010, 0x2040), 0x20AC, 0x2212])
        letters.subset(font)
        paths.append(folder / f"Inter-{weight}.ttf")
        font.save(paths[-1])
    return paths


def weasyprint(contents: list[DocumentContent], fonts_kept: list[Path]) -> Speed:
    """In this process, with style sheet and fonts kept ready."""
    fonts = FontConfiguration()
    style = CSS(string=STYLE % tuple(fonts_kept), font_config=fonts)
    pages = [as_html(content) for content in contents]
    HTML(string=pages[0]).write_pdf(stylesheets=[style], font_config=fonts)
    started, used = perf_counter(), process_time()
    for page in pages:
        HTML(string=page).write_pdf(stylesheets=[style], font_config=fonts)
    return Speed(len(contents) / (perf_counter() - started), (process_time() - used) / len(contents) * 1000)


def show(rounds: list[dict[str, Speed]]) -> None:
    """The table: best of the rounds, and the median of what each round says about the ratio."""
    print(f"{'':22}{'PDFs a second':>14}{'core ms each':>14}{'x WeasyPrint, wall':>20}{'x WeasyPrint, core':>20}")
    for way in rounds[0]:
        best = max(speeds[way].per_second for speeds in rounds)
        core = min(speeds[way].core_ms for speeds in rounds)
        wall_times = statistics.median(speeds[way].per_second / speeds[OTHER].per_second for speeds in rounds)
        core_times = statistics.median(speeds[OTHER].core_ms / speeds[way].core_ms for speeds in rounds)
        print(f"{way:22}{best:14.1f}{core:14.1f}{wall_times:20.1f}{core_times:20.1f}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--documents", type=int, default=200)
    arguments.add_argument("--rounds", type=int, default=3)
    chosen = arguments.parse_args()
    contents = [invoice(number) for number in range(chosen.documents)]
    few = contents[: max(5, chosen.documents // 10)]
    with tempfile.TemporaryDirectory() as folder:
        fonts = small_fonts(Path(folder))
        ways: dict[str, Callable[[], Speed]] = {
            "rebill, 2 processes": lambda: ours(contents, 2),
            "rebill, 1 process": lambda: ours(contents, 1),
            OTHER: lambda: weasyprint(few, fonts),
        }
        rounds = [{way: run() for way, run in ways.items()} for _ in range(chosen.rounds)]
    print(f"{os.cpu_count()} cores, {chosen.documents} documents of one page, {chosen.rounds} rounds")
    show(rounds)


if __name__ == "__main__":
    main()
