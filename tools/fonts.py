"""Make the fonts that cards are drawn with from where they are published.

For maintainers: `tools/fonts.py`, with npm and with Debian's package fonts-wqy-microhei installed.
"""

import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

FOLDER = Path(__file__).resolve().parent.parent / "src/albumen/events/fonts"
DEJAVU = "dejavu-fonts-ttf@2.37.3"
MICRO_HEI = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
EAST_ASIAN = (
    (0x1100, 0x11FF),
    (0x2E80, 0x9FFF),
    (0xA960, 0xA97F),
    (0xAC00, 0xD7FF),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF),
    (0x20000, 0x3FFFF),
)


def fetch_dejavu() -> None:
    """Take the sans face as it is, with its licence."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--pack-destination", folder, DEJAVU]
        packed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1]
        with tarfile.open(Path(folder) / packed) as archive:
            archive.extractall(folder, filter="data")
        shutil.copy(Path(folder) / "package/ttf/DejaVuSans.ttf", FOLDER / "DejaVuSans.ttf")
        shutil.copy(Path(folder) / "package/LICENSE", FOLDER / "DejaVuSans.LICENSE")


def reduce_micro_hei() -> None:
    """Keep of Micro Hei what DejaVu lacks of the scripts of East Asia."""
    font = TTCollection(str(MICRO_HEI)).fonts[0]
    others = TTFont(FOLDER / "DejaVuSans.ttf").getBestCmap()
    wanted = [each for each in font.getBestCmap() if each not in others and _is_east_asian(each)]
    options = subset.Options(hinting=False, glyph_names=False, name_IDs=["*"], layout_features=[], notdef_outline=True)
    options.drop_tables += ["GPOS", "GSUB", "vmtx", "vhea", "VORG"]
    reducer = subset.Subsetter(options)
    reducer.populate(unicodes=wanted)
    reducer.subset(font)
    font.save(FOLDER / "MicroHei.ttf")


def _is_east_asian(letter: int) -> bool:
    return any(first <= letter <= last for first, last in EAST_ASIAN)


if __name__ == "__main__":
    fetch_dejavu()
    reduce_micro_hei()
