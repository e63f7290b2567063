"""Clocks: people set them, machines start again, and time stands still for nobody."""

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tests.world.simulator.steps import Step
from tests.world.simulator.world.world import World

_JUMPS_S: Final = (-86_400, -3_600, -60, 30, 600, 3_600, 172_800)
_NIGHTS_H: Final = (9, 14, 30, 50)


class ClockJumps:
    """Somebody sets a till's wall clock."""

    name = "clock_jumps"
    weight = 4

    def strike(self, world: World, step: Step) -> str:
        jump = timedelta(seconds=_JUMPS_S[step.a % len(_JUMPS_S)])
        world.till(step).clock.off += jump
        world.happened(self.name)
        return f"by {jump}"


class Reboots:
    """A till's machine starts again: another boot, uptime from 0, the wall clock as it was."""

    name = "till_reboots"
    weight = 4

    def strike(self, world: World, step: Step) -> str:
        till = world.till(step)
        till.stop()
        world.timeline.pass_by(20 + step.a % 100)
        till.clock.reboot()
        till.start()
        world.happened(self.name)
        return "another boot"


class NightPasses:
    """Some hours in which nobody sells anything; now and then one in which the clocks are moved."""

    name = "night_passes"
    weight = 4

    def strike(self, world: World, step: Step) -> str:
        zone = ZoneInfo(world.setting.terms.get("timezone", "UTC"))
        before = world.timeline.now().astimezone(zone).utcoffset()
        world.timeline.pass_by(_NIGHTS_H[step.a % len(_NIGHTS_H)] * 3_600)
        world.happened(self.name)
        if world.timeline.now().astimezone(zone).utcoffset() != before:
            world.happened("clocks_are_moved_for_summer_or_winter")
        return f"it is {world.timeline.now():%d %B %H:%M}"


class WeeksPass:
    """A till is offline for longer than the merchant allows."""

    name = "offline_for_too_long"
    weight = 1

    def strike(self, world: World, step: Step) -> str:
        world.timeline.pass_by((world.setting.offline_days_max - step.a % 3) * 86_400)
        world.happened(self.name)
        return f"it is {world.timeline.now():%d %B %H:%M}"


CLOCKS: Final = (ClockJumps(), Reboots(), NightPasses(), WeeksPass())
