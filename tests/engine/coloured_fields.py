"""A raster of fields in three colours, and features on them as requests describe them."""

import numpy as np

WEST, NORTH, GSD = 500000.0, 5000000.0, 10.0
COLOURS = {"wheat": (200, 180, 60), "beet": (40, 140, 50), "soil": (120, 80, 50)}
FIELD = 64


def field_picture(rows=4, columns=6):
    """Noisy fields [3, 64 rows, 64 columns]; in each column of fields the colours follow one another."""
    generator = np.random.default_rng(3)
    picture = generator.integers(-25, 25, (3, FIELD * rows, FIELD * columns))
    for row in range(rows):
        for column in range(columns):
            part = slice(FIELD * row, FIELD * (row + 1)), slice(FIELD * column, FIELD * (column + 1))
            picture[(slice(None), *part)] += np.array(list(COLOURS.values())[(row + column) % 3])[:, None, None]
    return np.clip(picture, 1, 255).astype(np.uint8)


def field_box(row, column):
    """The box of a field, in metres, a little inside it."""
    x, y = WEST + GSD * FIELD * column, NORTH - GSD * FIELD * row
    return [x + 40, y - GSD * FIELD + 40, x + GSD * FIELD - 40, y - 40]


def field_features(rows=4, columns=6):
    """Every field as a feature, labelled by its colour."""
    names = list(COLOURS)
    cells = [(row, column) for row in range(rows) for column in range(columns)]
    return [
        {"id": number, "label": names[sum(cell) % 3], "box": field_box(*cell)} for number, cell in enumerate(cells, 1)
    ]
