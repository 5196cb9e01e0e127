"""flat: what a submit-and-next cycle costs at 1,000,000 open tasks, and for a worker who has done 10,000.

Against the same at 10,000 open tasks, and for a worker who is new, in the same group. Over HTTP, rounds
interleaved; the ratio reported is the worse of the two, in seconds per cycle (1.0 is equally dear).
"""

import statistics
from pathlib import Path

from bench import load, support
from bench.cycles import accept_for, content_server, held_by, worker_chain

SMALL, LARGE, DONE = 10_000, 1_000_000, 10_000
WORKERS = 4
CYCLES = 1_000
ROUNDS = 5
GOAL = 1.2


def seconds_per_cycle(home: Path, port: int, workers: list[int]) -> float:
    held = held_by(home, workers)
    chains = [worker_chain(held[worker], worker) for worker in workers]
    return 1 / load.run("127.0.0.1", port, chains, responses=CYCLES)


def main() -> None:
    with support.installation() as home, support.connect(home) as db:
        support.say(f"making {LARGE + SMALL + 40_000:,} open tasks")
        requester = support.requester(db)
        support.history(db, support.group(db, requester, hits=60_000), support.people(db, 200), hits=50_000)
        sides = {
            "small": (support.group(db, requester, hits=SMALL), support.people(db, WORKERS)),
            "large": (support.group(db, requester, hits=LARGE), support.people(db, WORKERS)),
        }
        # Everything the experienced have done is still open to others: three places, at most two taken.
        several = support.group(db, requester, hits=40_000, places=3 * WORKERS)
        experienced, fresh = support.people(db, WORKERS), support.people(db, WORKERS)
        for worker in experienced:
            support.history(db, several, [worker], hits=DONE)
        sides |= {"experienced": (several, experienced), "fresh": (several, fresh)}
        for hit_type, workers in sides.values():
            accept_for(workers, hit_type)
        support.settle(db)
        port = support.free_port()
        cost: dict[str, list[float]] = {name: [] for name in sides}
        with content_server(port):
            for round_ in range(ROUNDS):
                for name in list(sides) if round_ % 2 else list(reversed(sides)):
                    cost[name].append(seconds_per_cycle(home, port, sides[name][1]))
                support.say(
                    f"round {round_ + 1}: " + ", ".join(f"{n} {c[-1] * 1e6:.0f} us" for n, c in cost.items())
                )
        by_size = statistics.median(a / b for a, b in zip(cost["large"], cost["small"], strict=True))
        by_past = statistics.median(a / b for a, b in zip(cost["experienced"], cost["fresh"], strict=True))
        support.report(
            "flat",
            max(by_size, by_past),
            million_against_ten_thousand=by_size,
            done_ten_thousand_against_new=by_past,
            microseconds={name: round(statistics.median(each) * 1e6) for name, each in cost.items()},
            goal=GOAL,
        )


if __name__ == "__main__":
    main()
