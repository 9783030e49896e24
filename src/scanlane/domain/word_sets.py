"""Sets of words, written as running text so that they can be read and sorted by topic."""


def words(*lines: str) -> frozenset[str]:
    """The words of the lines, parted by spaces."""
    return frozenset(word for line in lines for word in line.split())
