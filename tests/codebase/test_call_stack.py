"""Test that calls within a roomy one ask the system for no memory."""

import resource

from trafficking_plan.running.call_stack import roomy

CALLS = 1000


def faults_at(depth):
    """Return how often the system had to find memory for many calls from this depth."""
    if depth:
        return faults_at(depth - 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(CALLS):
        many_arguments(1, 2, 3, 4, 5, 6, 7, 8)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def many_arguments(a, b, c, d, e, f, g, h):
    return a


def test_no_depth_of_calls_asks_for_memory_again_and_again():
    assert roomy(lambda: max(map(faults_at, range(300)))) < CALLS / 2


def test_the_answer_comes_back():
    assert roomy(lambda: "answer") == "answer"
