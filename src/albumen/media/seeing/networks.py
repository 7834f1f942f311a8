"""What networks are shown, and how they are run: on one processor, the same way every time."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
"""A picture as networks are shown it: rows of pixels, each red, green and blue."""

MODELS = Path(__file__).parent / "models"


@cache
def session(name: str) -> Any:
    """A network of ours, ready to run."""
    import onnxruntime  # noqa: PLC0415  (an extra, and a large library)

    onnxruntime.set_default_logger_severity(4)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(MODELS / name), options, providers=["CPUExecutionProvider"])
