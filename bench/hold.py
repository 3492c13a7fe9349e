# The hold model of hold.ts with a SimPy process per event. Arguments: events held, last cycle.
# Prints CPU seconds and events/check.
import sys
import time

import simpy

MASK = 0xFFFFFFFF


class HoldModel:
    def __init__(self):
        self.state = 20261121
        self.check = 0
        self.events = 0

    def delay(self):
        self.state = (self.state * 1664525 + 1013904223) & MASK
        return 1 + (self.state >> 26)

    def fires(self, index, now):
        self.check = (self.check * 31 + index + now) & MASK
        self.events += 1
        return self.delay()


def held(env, index, model):
    # The first delays are drawn when the processes start, which is in the order in which they were made.
    delay = model.delay()
    while True:
        yield env.timeout(delay)
        delay = model.fires(index, env.now)


def main(count, until):
    env = simpy.Environment()
    model = HoldModel()
    for index in range(count):
        env.process(held(env, index, model))
    start = time.process_time()
    # SimPy stops before the events of the time that it is given; those of cycle `until` take part.
    env.run(until=until + 1)
    seconds = time.process_time() - start
    check = model.check - 2**32 if model.check >= 2**31 else model.check
    print(f"{seconds:.6f} {model.events}/{check}")


main(int(sys.argv[1]), int(sys.argv[2]))
