"""Find the text and pictures of a page that a reader of the page cannot see. One rule, by rendering.

The page is drawn five times: as it is; without its text; its text alone; and twice with a colour of its own
for each piece of text. A letter is seen if most of its ink is on top in both coloured pictures, and if taking
the text away changes the picture there. So text that is covered, white, invisible, transparent, tiny, cut
off or outside the page falls out of the same test. Text behind a scan, which a program recognised, is
accepted where the picture alone shows writing.
"""

from __future__ import annotations

import ctypes
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import pypdfium2.raw as pdfium
from PIL import Image, ImageChops, ImageFilter
from pypdfium2 import PdfBitmap, PdfPage

from reports.requests.redaction.elsewhere.found import Found

PIXELS_A_POINT = 120 / 72
MAX_PIXELS = 6_000_000
MAX_OBJECTS = 100_000  # of a page
MAX_LETTERS = 60_000
MOMENT = 1_000  # letters between two looks at the time
# How far a letter must differ from what is behind it, of 255, and how much of its ink must be on top.
CONTRAST = 24
# Boxes over the text of a page that are named one by one.
MOST_PLACES = 5
SHARE_SEEN = 0.5
# How much of a letter's height and width its ink spans.
SPAN = (0.25, 0.4)
SMALLEST = 8  # pixels of a line's height, of letters of three points
OVERLAP = 0.6
# What writing in a picture looks like: dark on light, and all along the word.
INK = (0.03, 0.6)
ALONG = 0.5
WRITING = 60  # contrast, of 255
LEAST_RECOGNISED = 3  # letters; shorter ones are specks that a program took for words
CELL = 8  # pixels; a box over a picture covers whole cells
# How far the pixels of a cell are from those around them, of 255 and on average: in writing, and on blank paper. And of
# how many cells the writing is hidden.
WRITTEN, BLANK, LEAST_HIDDEN = 16, 4, 3
# How many of its own pixels a picture has for one on the page.
FINEST = 24
EDGE = 2  # pixels
BOX = 6  # lines of a shape that is no letter

# Of which object a letter is, if of none.
SPACE, UNKNOWN = -1, -2

Box = tuple[int, int, int, int]
Matrix = tuple[float, float, float, float, float, float]
AS_IT_IS: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(slots=True)
class Seen:
    """What a page says: its whole text, the part of it that is seen, and what is wrong."""

    text: str = ""
    visible: str = ""
    recognised: int = 0
    found: list[Found] = field(default_factory=list)


@dataclass(slots=True)
class _Object:
    handle: Any
    kind: int
    placed: Matrix  # from its own place to the page's
    clear: bool = False  # fully transparent
    colour: tuple[int, int, int] = (0, 0, 0)

    def show(self, shown: bool) -> None:
        pdfium.FPDFPageObj_SetIsActive(self.handle, shown)


@dataclass(slots=True)
class _Letter:
    at: int
    sign: str
    of: int  # of which object; -1 of a space, -2 of none that is drawn
    box: Box
    loose: Box
    why: str = ""


def look(page: PdfPage, number: int, check_time: Callable[[], None]) -> Seen:
    """Look at a page. Raise `OverflowError` if it has too many parts; `check_time` may raise as well."""
    sight = _Sight(page, number, check_time)
    sight.look()
    return sight.seen


class _Sight:
    def __init__(self, page: PdfPage, number: int, check_time: Callable[[], None]) -> None:
        self.page, self.number, self.check_time = page, number, check_time
        self.seen = Seen()
        width, height = page.get_size()
        self.scale = min(PIXELS_A_POINT, (MAX_PIXELS / max(width * height, 1)) ** 0.5)
        self.objects = list(_objects(page.raw))
        self.texts = [each for each in self.objects if each.kind == pdfium.FPDF_PAGEOBJ_TEXT]
        self.pictures = [each for each in self.objects if each.kind == pdfium.FPDF_PAGEOBJ_IMAGE]
        self.read = page.get_textpage()
        self.size = (0, 0)

    def look(self) -> None:
        whole = self._draw()
        self.size = whole.size
        letters = self._letters()
        without = whole
        if self.texts:
            without = self._with(lambda each: each.kind != pdfium.FPDF_PAGEOBJ_TEXT)
        alone: Image.Image | None = None
        if self.pictures:
            alone = self._with(lambda each: each.kind == pdfium.FPDF_PAGEOBJ_IMAGE)
            self._look_at_pictures(without, alone)
        self._look_at_outlines(without)
        if not letters:
            return
        self._look_at_letters(letters, whole, without)
        _find_overprinted(letters)
        if alone is not None:
            self._accept_recognised(letters, whole, alone)
        self.seen.visible = "".join("" if each.why else each.sign for each in letters)
        self.seen.text = "".join(each.sign for each in letters)
        for why, some in groupby(
            (each for each in letters if each.of != SPACE), lambda each: each.why
        ):
            words = "".join(each.sign for each in self._whole(letters, list(some))) if why else ""
            if words.strip():
                self._report(why, words)

    def _whole(self, letters: list[_Letter], some: list[_Letter]) -> list[_Letter]:
        return letters[some[0].at : some[-1].at + 1]

    def _report(self, why: str, words: str = "") -> None:
        """Note what is wrong: once a kind, but each box over text; of more than a few, the last are one."""
        same = [at for at, each in enumerate(self.seen.found) if each.kind == why]
        if not same or (why == "covered" and len(same) < MOST_PLACES):
            self.seen.found.append(Found(why, self.number, words[:200]))
        elif words:
            last = self.seen.found[same[-1]]
            self.seen.found[same[-1]] = Found(why, self.number, f"{last.words} {words}"[:200])

    # --- drawing ------------------------------------------------------------------------------

    def _draw(self) -> Image.Image:
        self.check_time()
        drawn = self.page.render(
            scale=self.scale,
            may_draw_forms=False,
            draw_annots=False,
            no_smoothtext=True,
            rev_byteorder=True,
        )
        image: Image.Image = drawn.to_pil()
        return image.convert("RGB")

    def _with(self, shown: Callable[[_Object], bool]) -> Image.Image:
        """Draw some of the objects, and show all of them again."""
        hidden = [each for each in self.objects if not shown(each)]
        for each in hidden:
            each.show(False)
        drawn = self._draw()
        for each in hidden:
            each.show(True)
        return drawn

    def _colour_texts(self, *, complement: bool) -> None:
        for each in self.texts:
            red, green, blue = each.colour
            if complement:
                red, green, blue = 255 - red, 255 - green, 255 - blue
            pdfium.FPDFPageObj_SetBlendMode(each.handle, b"Normal")
            pdfium.FPDFPageObj_SetFillColor(each.handle, red, green, blue, 255)
            pdfium.FPDFPageObj_SetStrokeColor(each.handle, red, green, blue, 255)

    def _choose_colours(self) -> None:
        """Give each text its colour; one that is printed twice, to look bold, has the same both times.

        The library knows the second as no text of its own.
        """
        before: dict[tuple[float, float], tuple[float, float, _Object]] = {}
        for place, each in enumerate(self.texts):
            each.clear, each.colour = _is_clear(each.handle), _colour(place)
            left, bottom, right, top = _bounds(each.handle)
            size = round(right - left, 2), round(top - bottom, 2)
            same = before.get(size)
            bytes_of_text = pdfium.FPDFTextObj_GetText(each.handle, self.read.raw, None, 0)
            if same is not None and bytes_of_text <= 2:  # of its end alone
                x, y, first = same
                if abs(x - left) + abs(y - bottom) < size[1] / 5:
                    each.colour = first.colour
            before[size] = left, bottom, each

    # --- letters ------------------------------------------------------------------------------

    def _letters(self) -> list[_Letter]:
        """Return the letters of the page in the order of its text, spaces among them."""
        read = self.read
        places = {_address(each.handle): place for place, each in enumerate(self.texts)}
        to_pixels = self._to_pixels()
        left, bottom, right, top = (ctypes.c_double() for _each in range(4))
        around = pdfium.FS_RECTF()
        letters = []
        count = pdfium.FPDFText_CountChars(read.raw)
        if count > MAX_LETTERS:
            raise OverflowError
        for at in range(count):
            code = pdfium.FPDFText_GetUnicode(read.raw, at)
            sign = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " "
            of = SPACE
            box = loose = (0, 0, 0, 0)
            if _is_letter(sign) and not pdfium.FPDFText_IsGenerated(read.raw, at):
                handle = pdfium.FPDFText_GetTextObject(read.raw, at)
                of = places.get(_address(handle), UNKNOWN) if handle else UNKNOWN
                pdfium.FPDFText_GetCharBox(read.raw, at, left, right, bottom, top)
                box = to_pixels(left.value, bottom.value, right.value, top.value)
                pdfium.FPDFText_GetLooseCharBox(read.raw, at, around)
                loose = to_pixels(around.left, around.bottom, around.right, around.top)
            letters.append(_Letter(at, sign, of, box, loose))
        return letters

    def _to_device(self) -> Callable[[float, float], tuple[float, float]]:
        width, height = self.size
        many = 4096  # parts of a pixel, as the library returns whole numbers
        across, down = ctypes.c_int(), ctypes.c_int()

        def device(x: float, y: float) -> tuple[float, float]:
            pdfium.FPDF_PageToDevice(
                self.page.raw, 0, 0, width * many, height * many, 0, x, y, across, down
            )
            return across.value / many, down.value / many

        return device

    def _to_pixels(self) -> Callable[[float, float, float, float], Box]:
        a, b, c, d, e, f = self._device()

        def to_pixels(left: float, bottom: float, right: float, top: float) -> Box:
            xs = (a * left + c * bottom + e, a * right + c * top + e)
            ys = (b * left + d * bottom + f, b * right + d * top + f)
            return (
                int(max(min(xs), -1e6)) - 1,
                int(max(min(ys), -1e6)) - 1,
                int(min(max(xs), 1e6)) + 2,
                int(min(max(ys), 1e6)) + 2,
            )

        return to_pixels

    def _look_at_letters(
        self, letters: list[_Letter], whole: Image.Image, without: Image.Image
    ) -> None:
        self._choose_colours()
        self._colour_texts(complement=False)
        ink = self._with(lambda each: each.kind == pdfium.FPDF_PAGEOBJ_TEXT)
        coloured = self._draw()
        self._colour_texts(complement=True)
        again = ImageChops.invert(self._draw())
        on_top = ImageChops.difference(coloured, again).convert("L").point(_is_zero, "1")
        black = Image.new("RGB", whole.size)
        coloured = Image.composite(coloured, black, on_top)
        change = _greatest(ImageChops.difference(whole, without)).point(_is_contrast, "1")
        seen = Image.composite(coloured, black, change)
        width, height = whole.size
        for each in letters:
            if each.at % MOMENT == 0:
                self.check_time()
            if each.of < 0:
                each.why = "cut" if each.of == UNKNOWN else ""
                continue
            left, top, right, bottom = each.box
            text = self.texts[each.of]
            if right <= 0 or bottom <= 0 or left >= width or top >= height:
                each.why = "outside"
            elif pdfium.FPDFTextObj_GetTextRenderMode(text.handle) in _NOT_PAINTED:
                each.why = "unpainted"
            elif max(each.loose[2] - each.loose[0], each.loose[3] - each.loose[1]) < SMALLEST:
                each.why = "small"
            else:
                each.why = self._why_unseen(each, text, ink, coloured, seen)

    def _why_unseen(
        self,
        letter: _Letter,
        text: _Object,
        ink: Image.Image,
        coloured: Image.Image,
        seen: Image.Image,
    ) -> str:
        """Return why a letter is not seen, or ""."""
        box, colour = letter.box, text.colour
        has = _count(ink.crop(box), colour)
        part = seen.crop(box)
        shown = _count(part, colour)
        if has and shown >= SHARE_SEEN * has:
            spans = part.getbbox()
            if spans is None:
                return "cut"
            across = (spans[2] - spans[0]) / (box[2] - box[0])
            down = (spans[3] - spans[1]) / (box[3] - box[1])
            return (
                "" if max(across, down) >= SPAN[1] and min(across, down) >= SPAN[0] / 3 else "cut"
            )
        if not has or text.clear:
            return "cut"
        return "pale" if _count(coloured.crop(box), colour) >= SHARE_SEEN * has else "covered"

    # --- pictures -----------------------------------------------------------------------------

    def _look_at_pictures(self, without: Image.Image, alone: Image.Image) -> None:
        """Find pictures that a drawing covers where they show something, and cropped ones."""
        changed = _greatest(ImageChops.difference(without, alone)).point(_is_contrast, "L")
        cells = changed.reduce(CELL)
        if (
            _extremes(cells)[1] == 255
            and self._covers_something(cells, alone)
            or changed.getbbox() is not None
            and _hides(alone.convert("L"), without.convert("L"))
        ):
            self._report("picture")
        shown = alone.convert("L")
        for each in self.pictures:
            self.check_time()
            if self._is_hidden(each, shown):
                self._report("hidden_picture")
                break
        to_pixels = self._to_pixels()
        width, height = self.size
        for each in self.pictures:
            left, top, right, bottom = to_pixels(*_bounds(each.handle))
            beyond = max(-left, right - width) / max(right - left, 1)
            above = max(-top, bottom - height) / max(bottom - top, 1)
            if max(beyond, above) > 0.05:
                self._report("cropped")
                return

    def _look_at_outlines(self, without: Image.Image) -> None:
        """Find shapes such as letters that became outlines, where something else was drawn over them."""
        shapes = {id(each) for each in self.objects if _is_outline(each)}
        if shapes:
            drawn = self._with(lambda each: id(each) in shapes)
            if _hides(drawn.convert("L"), without.convert("L")):
                self._report("outlines")

    def _is_hidden(self, picture: _Object, shown: Image.Image) -> bool:
        """Whether a picture has writing that is not seen where it lies: masked, clear, clipped, in white, or tiny."""
        own = _bitmap(picture.handle)
        if own is None:
            return False
        # From the picture's pixels, whose first row is at its top, to those of the page.
        upright: Matrix = (1 / own.width, 0, 0, -1 / own.height, 0, 1)
        placed = _after(_after(upright, picture.placed), self._device())
        left, top, right, bottom = _spread(placed, own.size)
        least = min(right - left, bottom - top)
        inverse = _inverse(placed)
        if inverse is None or least < 1 or min(own.size) > FINEST * least:
            return min(own.size) > FINEST and _is_varied(own)
        # Without its edges, beside which something else may be drawn.
        left, top = max(0, int(left) + EDGE), max(0, int(top) + EDGE)
        right, bottom = min(shown.width, int(right) - EDGE), min(shown.height, int(bottom) - EDGE)
        if right - left < CELL or bottom - top < CELL:
            return False
        by = max(1, int(max(own.width, own.height) / max(right - left, bottom - top)))
        small: Matrix = (1 / by, 0, 0, 1 / by, 0, 0)
        a, b, c, d, e, f = _after(_after((1, 0, 0, 1, left, top), inverse), small)
        expected = own.reduce(by).transform(
            (right - left, bottom - top),
            Image.Transform.AFFINE,
            (a, c, e, b, d, f),
            Image.Resampling.BILINEAR,
            fillcolor=255,
        )
        return _hides(expected, shown.crop((left, top, right, bottom)))

    def _device(self) -> Matrix:
        """Return the matrix from the page's points to pixels."""
        to_device = self._to_device()
        (e, f), (ea, fb), (ec, fd) = to_device(0, 0), to_device(1, 0), to_device(0, 1)
        return ea - e, fb - f, ec - e, fd - f, e, f

    def _covers_something(self, cells: Image.Image, alone: Image.Image) -> bool:
        """Whether a covered cell lies over a part of a picture that is not blank."""
        grey = alone.convert("L")
        columns, rows = cells.size
        data = cells.tobytes()
        return any(
            data[row * columns + column] == 255 and _has_writing(grey, column, row)
            for row in range(rows)
            if 255 in data[row * columns : (row + 1) * columns]
            for column in range(columns)
        )

    def _accept_recognised(
        self, letters: list[_Letter], whole: Image.Image, alone: Image.Image
    ) -> None:
        """Accept unseen words where a picture shows writing and nothing else is drawn over it."""
        hidden = [each for each in letters if each.why in ("unpainted", "covered")]
        if not hidden:
            return
        to_pixels = self._to_pixels()
        areas = [to_pixels(*_bounds(each.handle)) for each in self.pictures]
        grey = alone.convert("L")
        drawn = _greatest(ImageChops.difference(whole, alone)).point(_is_contrast, "1")
        for word in _words(hidden):
            box = _around(word)
            if not any(_holds(area, box) for area in areas):
                continue
            is_bare = drawn.crop(box).getbbox() is None
            is_speck = sum(_is_letter(each.sign) for each in word) < LEAST_RECOGNISED
            accepted = is_bare and (is_speck or _is_written(grey.crop(box)))
            self.seen.recognised += accepted
            for each in word:
                each.why = "" if accepted else "recognised"


_NOT_PAINTED = (
    pdfium.FPDF_TEXTRENDERMODE_INVISIBLE,
    pdfium.FPDF_TEXTRENDERMODE_CLIP,
)


def _objects(page: Any) -> Iterator[_Object]:
    """Yield what is drawn on a page, inside drawings too."""
    total = 0
    waiting: list[tuple[Any, bool, Matrix]] = [(page, True, AS_IT_IS)]
    while waiting:
        of, is_page, placed = waiting.pop()
        count = pdfium.FPDFPage_CountObjects(of) if is_page else pdfium.FPDFFormObj_CountObjects(of)
        total += max(count, 0)
        if total > MAX_OBJECTS:
            raise OverflowError
        for at in range(count):
            handle = (
                pdfium.FPDFPage_GetObject(of, at)
                if is_page
                else pdfium.FPDFFormObj_GetObject(of, at)
            )
            kind = pdfium.FPDFPageObj_GetType(handle)
            if kind == pdfium.FPDF_PAGEOBJ_FORM:
                waiting.append((handle, False, _after(_matrix(handle), placed)))
            elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                yield _Object(handle, kind, _after(_matrix(handle), placed))
            else:
                yield _Object(handle, kind, placed)


def _address(handle: Any) -> int | None:
    return ctypes.cast(handle, ctypes.c_void_p).value


def _bounds(handle: Any) -> tuple[float, float, float, float]:
    left, bottom, right, top = (ctypes.c_float() for _each in range(4))
    pdfium.FPDFPageObj_GetBounds(handle, left, bottom, right, top)
    return left.value, bottom.value, right.value, top.value


def _is_outline(each: _Object) -> bool:
    """Whether it is a filled shape with more corners than a box."""
    if each.kind != pdfium.FPDF_PAGEOBJ_PATH or pdfium.FPDFPath_CountSegments(each.handle) <= BOX:
        return False
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(each.handle, fill, stroke)
    return bool(fill.value)


def _matrix(handle: Any) -> Matrix:
    found = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(handle, found)
    return found.a, found.b, found.c, found.d, found.e, found.f


def _after(first: Matrix, then: Matrix) -> Matrix:
    """Return the matrix that does what one does, then what the other does."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (
        *(a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s),
        *(e * p + f * r + t, e * q + f * s + u),
    )


def _spread(of: Matrix, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """Return the box around a picture of this size, left, top, right and bottom."""
    a, b, c, d, e, f = of
    across, down = (0, a * size[0], c * size[1]), (0, b * size[0], d * size[1])
    xs, ys = (across[1] + across[2], *across), (down[1] + down[2], *down)
    return e + min(xs), f + min(ys), e + max(xs), f + max(ys)


def _inverse(of: Matrix) -> Matrix | None:
    a, b, c, d, e, f = of
    by = a * d - b * c
    if abs(by) < 1e-9:
        return None
    return d / by, -b / by, -c / by, a / by, (c * f - d * e) / by, (b * e - a * f) / by


def _bitmap(handle: Any) -> Image.Image | None:
    """Return a picture as it is stored, without what masks it, or None if it cannot be read."""
    raw = pdfium.FPDFImageObj_GetBitmap(handle)
    if not raw:
        return None
    bitmap = PdfBitmap.from_raw(raw)  # which frees it
    found: Image.Image = bitmap.to_pil()
    return found.convert("L")


def _unevenness(grey: Image.Image) -> Image.Image:
    """Return how far the pixels are from those around them, cell by cell."""
    around = grey.filter(ImageFilter.BoxBlur(CELL // 2))
    return ImageChops.difference(grey, around).reduce(CELL)


def _is_varied(grey: Image.Image) -> bool:
    low, high = _extremes(grey)
    return high - low >= WRITING


def _hides(grey: Image.Image, shown: Image.Image) -> bool:
    """Whether cells with writing in one picture are blank in the other."""
    written = _unevenness(grey).point(lambda value: 255 if value >= WRITTEN else 0, "L")
    blank = _unevenness(shown).point(lambda value: 255 if value < BLANK else 0, "L")
    return ImageChops.multiply(written, blank).histogram()[255] >= LEAST_HIDDEN


def _is_clear(handle: Any) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _each in range(4))
    return bool(
        pdfium.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha) and alpha.value < CONTRAST
    )


def _colour(place: int) -> tuple[int, int, int]:
    """Return a colour for each piece of text, neither black nor white."""
    mixed = (place + 1) * 0x9E3779 % 0xFFFFFF or 1
    return mixed >> 16, mixed >> 8 & 255, mixed & 255


def _is_letter(sign: str) -> bool:
    return sign.isalnum() or unicodedata.category(sign) == "Co"


def _is_zero(value: int) -> int:
    return 255 if value == 0 else 0


def _is_contrast(value: int) -> int:
    return 255 if value >= CONTRAST else 0


def _greatest(image: Image.Image) -> Image.Image:
    red, green, blue = image.split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def _count(image: Image.Image, colour: tuple[int, int, int]) -> int:
    found = image.getcolors(image.width * image.height) or []
    return next((count for count, each in found if each == colour), 0)


def _has_writing(grey: Image.Image, column: int, row: int) -> bool:
    left, top = CELL * column - CELL, CELL * row - CELL
    low, high = _extremes(grey.crop((left, top, left + 3 * CELL, top + 3 * CELL)))
    return bool(high - low >= WRITING)


def _extremes(grey: Image.Image) -> tuple[int, int]:
    found: Any = grey.getextrema()
    return found[0], found[1]


def _is_written(grey: Image.Image) -> bool:
    """Whether a part of a picture shows dark writing on light ground, all along."""
    low, high = _extremes(grey)
    if high - low < WRITING:
        return False
    middle = (low + high) // 2
    dark = grey.point(lambda value: 255 if value <= middle else 0, "L")
    share = dark.histogram()[255] / (grey.width * grey.height)
    if not INK[0] <= share <= INK[1]:
        return False
    along = dark.resize((grey.width, 1), Image.Resampling.BOX).tobytes()
    return sum(each > 0 for each in along) >= ALONG * len(along)


def _words(letters: list[_Letter]) -> Iterator[list[_Letter]]:
    """Yield letters that follow each other without a space."""
    word: list[_Letter] = []
    for each in letters:
        if word and each.at != word[-1].at + 1:
            yield word
            word = []
        word.append(each)
    if word:
        yield word


def _around(word: list[_Letter]) -> Box:
    boxes = [each.loose for each in word]
    return (
        min(each[0] for each in boxes),
        min(each[1] for each in boxes),
        max(each[2] for each in boxes),
        max(each[3] for each in boxes),
    )


def _holds(area: Box, box: Box) -> bool:
    slack = 4
    return (
        area[0] - slack <= box[0]
        and area[1] - slack <= box[1]
        and area[2] + slack >= box[2]
        and area[3] + slack >= box[3]
    )


def _find_overprinted(letters: list[_Letter]) -> None:
    """Mark letters that other letters are printed on."""
    cells: defaultdict[tuple[int, int], list[_Letter]] = defaultdict(list)
    for each in letters:
        if each.of < 0 or each.why:
            continue
        left, top, right, bottom = each.box
        column, row = (left + right) // 8, (top + bottom) // 8
        for near in ((column + x, row + y) for x in (-1, 0, 1) for y in (-1, 0, 1)):
            for other in cells.get(near, ())[-3:]:
                if _overprints(each, other):
                    other.why = "overprinted"
        cells[column, row].append(each)


def _overprints(one: _Letter, other: _Letter) -> bool:
    if one.sign == other.sign or one.at - other.at <= 2:
        return False  # printed twice to be bold, or parts of one sign
    across = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    down = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    if across <= 0 or down <= 0:
        return False
    smaller = min(
        (each.box[2] - each.box[0]) * (each.box[3] - each.box[1]) for each in (one, other)
    )
    return across * down >= OVERLAP * smaller
