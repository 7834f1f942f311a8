"""Reading what is written in a picture: PP-OCR, by the package rapidocr, which brings its networks."""

from functools import cache
from pathlib import Path
from typing import Any

from albumen.media.seeing.networks import Pixels

SURE = 0.75
LONGEST = 20_000
_NETWORKS = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}


def read(pixels: Pixels) -> str:
    """The lines of text in a picture, from its top; empty where there are none.

    Left out is what is not sure, and what is a single letter or digit: most of these are not there.
    """
    found = _reader()(pixels[:, :, ::-1])
    lines = zip(found.txts or (), found.scores or (), strict=True)
    return "\n".join(text.strip() for text, sure in lines if sure >= SURE and _is_legible(text))[:LONGEST]


def _is_legible(text: str) -> bool:
    signs = [each for each in text if each.isalnum()]
    return len(signs) > 1 or any(not each.isascii() for each in signs)


@cache
def _reader() -> Any:
    import cv2  # noqa: PLC0415  (an extra, and a large library)
    import rapidocr  # noqa: PLC0415  (an extra, and a large library)

    cv2.setNumThreads(1)
    folder = Path(rapidocr.__file__).parent / "models"
    told: dict[str, Any] = {f"{part}.model_path": str(folder / name) for part, name in _NETWORKS.items()}
    told |= {f"EngineConfig.onnxruntime.{each}_op_num_threads": 1 for each in ("intra", "inter")}
    return rapidocr.RapidOCR(params={"Global.log_level": "critical", **told})
