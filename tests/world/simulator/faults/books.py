"""Books that go back in time, and books that are there twice."""

from typing import Final

from tests.world.simulator.steps import Step
from tests.world.simulator.world.world import World

_TILLS_MAX: Final = 6


class ImageTaken:
    """Somebody takes an image of a till's disk while it works."""

    name = "image_taken"
    weight = 4

    def strike(self, world: World, step: Step) -> str:
        till = world.till(step)
        images = world.images.setdefault(till.path, [])
        images.append(till.copy(world.folder / f"image-{step.number}"))
        world.happened(self.name)
        return f"of {till.name}, its image {len(images)}"


class ImageRestored:
    """A till gets an older image of its disk: it goes back in time."""

    name = "book_restored_from_an_image"
    weight = 3

    def strike(self, world: World, step: Step) -> str:
        till = world.till(step)
        images = world.images.get(till.path, [])
        if not images:
            return "there is no image of it"
        till.put_back(images[step.a % len(images)])
        world.happened(self.name)
        return f"{till.name} is as it was"


class BookCloned:
    """A second machine begins with the image of a till: two of one name, with one token."""

    name = "book_cloned"
    weight = 2

    def strike(self, world: World, step: Step) -> str:
        till = world.till(step)
        if len(world.tills) >= _TILLS_MAX:
            return "there are tills enough"
        images = world.images.get(till.path, []) if step.b % 2 else []
        image = images[-1] if images else till.copy(world.folder / f"clone-{step.number}")
        twin = world.new_machine(till.store, till.name)
        twin.begin_with(image)
        world.tills.append(twin)
        world.happened(self.name)
        return f"a second {till.name} is at work"


BOOKS: Final = (ImageTaken(), ImageRestored(), BookCloned())
