"""Which job is begun next: decisions on lists of jobs, with no engine."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from engine.daemon.queue_order import EQUAL_MS, EQUALS, FreeBench, QueueOrder, Turn, Waiting, turn

A, B = "a" * 64, "b" * 64


def job(number: int, **others: object) -> Waiting:
    usual = Waiting(id=number, lane="long", client="me", priority=0, submitted=number)
    return replace(usual, **others)  # type: ignore[arg-type]


def queue(*jobs: Waiting) -> QueueOrder:
    order = QueueOrder()
    for one in jobs:
        order.add(one)
    return order


def begun(order: QueueOrder, times: int) -> list[int]:
    """The jobs that one bench begins, one after the other."""
    ids = []
    for _ in range(times):
        found = turn(order.equals("long"), [FreeBench(number=0)], 0)
        if found is None:
            break
        order.begin(found.job.id)
        ids.append(found.job.id)
    return ids


def test_the_oldest_goes_first() -> None:
    assert begun(queue(job(2), job(1), job(3)), 9) == [1, 2, 3]


def test_a_higher_priority_goes_before_and_a_lower_one_after() -> None:
    assert begun(queue(job(1, priority=-5), job(2), job(3, priority=100)), 9) == [3, 2, 1]


def test_clients_take_turns_however_much_one_of_them_has_handed_in() -> None:
    order = queue(*[job(number) for number in range(1, 7)], job(7, client="you"), job(8, client="you"))
    assert begun(order, 9) == [1, 7, 2, 8, 3, 4, 5, 6]


def test_a_client_that_comes_late_has_its_turn_next() -> None:
    order = queue(*[job(number) for number in range(1, 5)])
    assert begun(order, 2) == [1, 2]
    order.add(job(9, client="late"))
    assert begun(order, 2) == [9, 3]


def test_a_priority_counts_more_than_whose_turn_it_is() -> None:
    order = queue(job(1, priority=1), job(2, priority=1), job(3, client="you"))
    assert begun(order, 9) == [1, 2, 3]


def test_each_lane_has_its_own_turns() -> None:
    order = queue(job(1, lane="quick"), job(2), job(3, client="you"))
    order.begin(1)
    assert begun(order, 9) == [2, 3]


def test_what_is_queued_again_has_the_place_of_its_age() -> None:
    order = queue(job(1), job(2))
    order.begin(1)
    order.add(job(1))
    assert begun(order, 9) == [1, 2]


def test_a_job_that_is_taken_out_has_no_turn() -> None:
    order = queue(job(1), job(2), job(3))
    order.remove(2)
    assert order.remove(2) is None
    assert (begun(order, 9), len(order)) == ([1, 3], 0)


def test_another_priority_is_another_place() -> None:
    order = queue(job(1), job(2))
    order.reprioritise(2, 1)
    order.reprioritise(7, 1)  # which is not here
    assert begun(order, 9) == [2, 1]


def test_a_bench_takes_what_it_has_warm_before_what_is_a_little_older() -> None:
    jobs = [job(1, weights=A), job(2, weights=B)]
    assert turn(jobs, [FreeBench(number=0, warm=B)], 0) == Turn(job=jobs[1], benches=(0,))


def test_a_job_goes_where_its_weights_are_warm() -> None:
    jobs = [job(1, weights=A), job(2, weights=B)]
    free = [FreeBench(number=0, warm=B), FreeBench(number=1, warm=A)]
    assert turn(jobs, free, 2) == Turn(job=jobs[0], benches=(1,))
    assert turn(jobs[1:], free, 2) == Turn(job=jobs[1], benches=(0,))


def test_a_job_that_nobody_has_warm_goes_where_nothing_is() -> None:
    free = [FreeBench(number=0, warm=B), FreeBench(number=1)]
    assert turn([job(1, weights=A)], free, 2) == Turn(job=job(1, weights=A), benches=(1,))


def test_a_job_that_nobody_has_warm_does_not_wait() -> None:
    found = turn([job(1, weights=A)], [FreeBench(number=0, warm=B)], 1)
    assert found == Turn(job=job(1, weights=A), benches=(0,))


def test_warm_weights_pass_over_nobody_for_long() -> None:
    order = queue(job(1, weights=A, submitted=0), job(2, weights=B, submitted=EQUAL_MS + 1))
    assert [one.id for one in order.equals("long")] == [1]


def test_warm_weights_pass_over_no_other_client_and_no_priority() -> None:
    order = queue(job(1), job(2, client="you", weights=B), job(3, priority=-1, weights=B))
    assert [one.id for one in order.equals("long")] == [1]


def test_a_job_of_several_gpus_waits_until_so_many_are_free_and_nobody_overtakes_it() -> None:
    jobs = [job(1, gpus=2, weights=A), job(2, weights=B)]
    assert turn(jobs, [FreeBench(number=1, warm=B)], 3) is None
    free = [FreeBench(number=1, warm=B), FreeBench(number=2)]
    assert turn(jobs, free, 3) == Turn(job=jobs[0], benches=(1, 2))


def test_a_job_of_more_gpus_than_there_are_is_begun_to_be_refused() -> None:
    wide = job(1, gpus=4)
    assert turn([wide], [FreeBench(number=0)], 2) == Turn(job=wide, benches=(0,))


def test_a_job_of_several_gpus_is_not_begun_on_one_for_its_warm_weights() -> None:
    jobs = [job(1), job(2, gpus=2, weights=A)]
    assert turn(jobs, [FreeBench(number=0, warm=A)], 2) == Turn(job=jobs[0], benches=(0,))


def test_nobody_has_a_turn_where_nothing_waits_or_nobody_is_free() -> None:
    assert turn([], [FreeBench(number=0)], 0) is None
    assert turn([job(1)], [], 0) is None


waiting = st.builds(
    Waiting,
    id=st.integers(1, 10_000),
    lane=st.just("long"),
    client=st.sampled_from(["a", "b", "c"]),
    priority=st.integers(-2, 2),
    submitted=st.integers(0, 2 * EQUAL_MS),
    weights=st.sampled_from(["", A, B]),
)


@given(st.lists(waiting, unique_by=lambda one: one.id, max_size=3 * EQUALS))
def test_every_job_has_exactly_one_turn_and_priorities_fall(jobs: list[Waiting]) -> None:
    ids = begun(queue(*jobs), len(jobs) + 1)
    assert Counter(ids) == Counter(one.id for one in jobs)
    priority = {one.id: one.priority for one in jobs}
    told = [priority[number] for number in ids]
    assert told == sorted(told, reverse=True)


@given(st.lists(waiting, unique_by=lambda one: one.id, max_size=40))
def test_no_client_begins_twice_while_another_of_the_same_priority_waits(jobs: list[Waiting]) -> None:
    order = queue(*(replace(one, priority=0) for one in jobs))
    left = Counter(one.client for one in jobs)
    clients = {one.id: one.client for one in jobs}
    last: dict[str, int] = {}
    for place, number in enumerate(begun(order, len(jobs))):
        mine = clients[number]
        others = [one for one in left if left[one] and one != mine]
        assert all(last.get(mine, -1) <= last.get(one, -1) for one in others)
        left[mine] -= 1
        last[mine] = place
