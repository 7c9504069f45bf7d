"""The map of stored logs from 1 to 100 million events: measured, and drawn as docs/images/mining-curve.svg.

CPU is drawn, not the clock: it depends least on what else the machine does. Two cores share it.
"""

from collections.abc import Callable, Sequence
from math import log10
from pathlib import Path
from xml.sax.saxutils import escape

from bench import results
from bench.logs import make
from bench.mining import START, Run, ours
from bench.results import Result

SIZES = (1_000_000, 3_000_000, 10_000_000, 30_000_000, 100_000_000)
REPEATED = 10_000_000  # up to here the best of three
DRAWING = Path(__file__).parent.parent / "docs" / "images" / "mining-curve.svg"
WIDTH, HEIGHT, LEFT, TOP, BETWEEN = 720, 300, 70, 50, 60
PLOT = (WIDTH - LEFT - BETWEEN - 20) / 2
LOW, HIGH = 190, 24  # from the top of a plot: its foot, and its highest point
Point = tuple[int, float]


def measure(folder: Path, keep: bool, sizes: Sequence[int] = SIZES) -> list[Result]:
    """Without `keep` each log is removed once it is measured: the largest takes 3 GB."""
    found: list[Result] = []
    times: list[Point] = []
    sizes_in_memory: list[Point] = []
    for events in sizes:
        raw = make(folder / f"{events}.parquet", events)
        stored = raw.with_suffix(".towpath")
        if not stored.exists():
            kept = ours("keep", raw)
            how = f"From Parquet into a store, memory bound to two fifths of the machine's; CPU {kept.cpu:.1f} s."
            found.append(Result(f"mining: keeping {events:,} events", round(kept.seconds, 1), "s", how))
        tries = 3 if events <= REPEATED else 1
        done = min((ours("map", stored) for _ in range(tries)), key=_cpu)
        how = f"From its store: frequency, mean, median and p90 of each edge. {START} CPU {done.cpu:.2f} s."
        name = f"mining: map of {events:,} events"
        found.append(Result(name, round(done.seconds, 3), "s", how))
        found.append(Result(f"{name}: memory", round(done.megabytes), "MB", how))
        results.show(found[-2:])
        times.append((events, done.cpu))
        sizes_in_memory.append((events, done.megabytes))
        if not keep:
            raw.unlink()
            stored.unlink()
    DRAWING.write_text(drawn(times, sizes_in_memory), encoding="utf-8")
    return found


def _cpu(one: Run) -> float:
    return one.cpu


def drawn(times: Sequence[Point], memory: Sequence[Point]) -> str:
    """Both scales are logarithmic: what is linear rises as the dashed line does."""
    first, last = times[0], times[-1]
    told = (
        f"The process map of {_millions(first[0])} events takes {first[1]:.2f} seconds of CPU, of {_millions(last[0])} {last[1]:.1f} seconds "
        f"and {memory[-1][1]:,.0f} MB: {last[1] / first[1]:.0f} times as long for {last[0] / first[0]:.0f} times as many"
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="told" '
        'font-family="system-ui, sans-serif" font-size="13" fill="#1d1d1d">',
        f'<title id="told">{escape(told)}</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        *_plot(LEFT, "Seconds of CPU", times, lambda value: f"{value:.2g} s"),
        *_plot(LEFT + PLOT + BETWEEN, "Megabytes, whole process", memory, lambda value: f"{value:,.0f}"),
        f'<text x="{WIDTH / 2}" y="{HEIGHT - 12}" text-anchor="middle">Events in the stored log; dashed: exactly linear</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _plot(left: float, title: str, points: Sequence[Point], told: Callable[[float], str]) -> list[str]:
    (first, base), (last, _) = points[0], points[-1]
    top = base * last / first  # where the linear line ends
    span = log10(max(top, *(value for _, value in points))) - log10(base)

    def at(events: float, value: float) -> tuple[float, float]:
        x = left + PLOT * log10(events / first) / log10(last / first)
        return round(x, 1), round(TOP + LOW - (LOW - HIGH) * (log10(value) - log10(base)) / span, 1)

    line = " ".join(f"{x},{y}" for x, y in (at(*point) for point in points))
    (x0, y0), (x1, y1) = at(first, base), at(last, top)
    parts = [
        f'<text x="{left}" y="{TOP - 18}" font-weight="600">{title}</text>',
        f'<path d="M{x0} {y0}L{x1} {y1}" stroke="#767676" stroke-dasharray="5 4" fill="none"/>',
        f'<polyline points="{line}" stroke="#0b5a5e" stroke-width="2.5" fill="none"/>',
        f'<path d="M{left} {TOP + LOW + 8}h{PLOT:.0f}" stroke="#767676"/>',
    ]
    for events, value in points:
        x, y = at(events, value)
        parts.append(f'<circle cx="{x}" cy="{y}" r="4" fill="#0b5a5e"/>')
        parts.append(f'<text x="{x}" y="{y - 10}" text-anchor="middle">{told(value)}</text>')
        parts.append(f'<text x="{x}" y="{TOP + LOW + 26}" text-anchor="middle">{_millions(events)}</text>')
    return parts


def _millions(events: int) -> str:
    return f"{events / 1e6:g} M"
