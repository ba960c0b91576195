"""What a list may hold at most, so that no file can hold a worker or fill its memory."""

MAX_COLUMNS = 100
MAX_CELL_TEXT = 32_767
"""Characters in one cell; the limit of Excel itself."""
BLANK_ROWS = 1_000
"""So many blank rows may lie between the rows of a list; memory is laid out for them too."""

MAX_INFLATED = 200 * 1024 * 1024
"""Bytes all parts of a workbook may declare together. An 832 kB file was seen that inflates to 318 MB."""
MAX_ENTRIES = 2_000
"""Entries in the package of a workbook."""
MAX_RATIO = 200
"""Inflated to packed, asked only above `RATIO_FROM`; lists reach 20, deflate can do 1032."""
RATIO_FROM = 20 * 1024 * 1024
MAX_ELEMENTS = 6_000_000
"""Cells, formatted empty ones too, and all else in a part; walking so many takes about 3 s."""
MAX_TEXT = 64_000_000
"""Characters that all references to shared strings may stand for."""
