"""Writes the graph that runs the pinned embedding model with integer products.

    python -m evals.embedder.export [--out index]

The pinned file holds int8 weights, and a graph that makes floats of them before it multiplies. The graph written here
multiplies them as they are. It holds no weights: it names their places in the pinned file, which is read beside it, and
so is a few kilobytes. Prints its SHA-256, which ``index/onnx.py`` pins. Writes the probe for a processor's arithmetic
as well. Needs the package onnx, which nothing else does.
"""

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from index.onnx import GRAPH, PROBE, WEIGHTS_FILE, model_file

LAYERS, HEADS, WIDTH, INNER = 6, 12, 384, 1536
EPSILON = 1e-12  # of BERT's layer normalisation
# Behind the activation function of the first layers a few values are so large that one scale for all leaves little of
# the others. There each stretch of so many values gets a scale of its own, which costs a twentieth of the speed.
FINE_LAYERS, FINE_VALUES = 3, 256
_ORT = "com.microsoft"  # the domain of ONNX Runtime's own operators
_EMBEDDINGS = "inner.embeddings."
Attribute = int | float | list[int]
_INT8_MATRICES = ("query", "key", "value", "attention.output", "intermediate", "output")  # of a layer, as they are used


class Graph:
    """A graph while it is written: nodes, and constants, of which the large ones lie in the pinned file."""

    def __init__(self, pinned: bytes) -> None:
        """Reads where the tensors lie in the file ``pinned``."""
        model = onnx.load_model_from_string(pinned)
        self._pinned = pinned
        self._tensors = {tensor.name: tensor for tensor in model.graph.initializer}
        self._matrices = [node.input[0] for node in model.graph.node if node.op_type == "Cast" and _int8(node)]
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, TensorProto] = {}

    def matrices(self) -> list[str]:
        """The names of the int8 matrices in the order of their use, without the ending ``_q``."""
        return [name.removesuffix("_q") for name in self._matrices if not name.startswith(_EMBEDDINGS)]

    def add(
        self, operator: str, inputs: Sequence[str], domain: str = "", outputs: int = 1, **attributes: object
    ) -> str:
        """A node; returns the name of its first output, the others end in ``.1``, ``.2``."""
        name = f"{operator}.{len(self._nodes)}"
        names = [name, *(f"{name}.{number}" for number in range(1, outputs))]
        node = helper.make_node(operator, list(inputs), names, name=name, domain=domain)
        node.attribute.extend(helper.make_attribute(key, value) for key, value in sorted(attributes.items()))
        self._nodes.append(node)
        return name

    def pinned(self, name: str) -> str:
        """A tensor of the pinned file, by its place there."""
        if name not in self._constants:
            source = self._tensors[name]
            place = TensorProto(name=name, data_type=source.data_type, dims=source.dims)
            place.data_location = TensorProto.EXTERNAL
            raw = numpy_helper.to_array(source).tobytes()
            for key, value in (
                ("location", WEIGHTS_FILE),
                ("offset", str(self._pinned.index(raw))),
                ("length", str(len(raw))),
            ):
                place.external_data.add(key=key, value=value)
            self._constants[name] = place
        return name

    def constant(self, name: str, values: NDArray[np.generic]) -> str:
        """A small tensor that is kept in the graph."""
        self._constants.setdefault(name, numpy_helper.from_array(values, name))
        return name

    def model(self, given: str, result: str) -> onnx.ModelProto:
        """The finished model: token ids (texts, tokens) -> unit vectors (texts, WIDTH)."""
        ids = helper.make_tensor_value_info(given, TensorProto.INT64, ["texts", "tokens"])
        vectors = helper.make_tensor_value_info(result, TensorProto.FLOAT, ["texts", WIDTH])
        graph = helper.make_graph(self._nodes, "minilm", [ids], [vectors], list(self._constants.values()))
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_ORT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def _int8(node: onnx.NodeProto) -> bool:
    name: str = node.input[0]
    return name.endswith("_q")


def build(pinned: bytes) -> bytes:
    """The graph for the weights in the file ``pinned``, as an ONNX file."""
    graph = Graph(pinned)
    names = graph.matrices()
    assert len(names) == LAYERS * len(_INT8_MATRICES)
    hidden = _embeddings(graph)
    for layer in range(LAYERS):
        first = layer * len(_INT8_MATRICES)
        hidden = _layer(graph, layer, dict(zip(_INT8_MATRICES, names[first:], strict=False)), hidden)
    # The mean over all tokens: a batch holds texts of one length, so there is no padding to leave out.
    mean = graph.add("ReduceMean", [hidden], axes=[1], keepdims=0)
    return _file(graph.model("ids", graph.add("LpNormalization", [mean], axis=-1, p=2)))


def _embeddings(graph: Graph) -> str:
    """Words, positions and the type of the first text, normalised. Only the words that are there become floats."""
    words, places = (f"{_EMBEDDINGS}{kind}_embeddings.weight" for kind in ("word", "position"))
    word = graph.add("Cast", [graph.add("Gather", [graph.pinned(f"{words}_q"), "ids"])], to=TensorProto.FLOAT)
    word = graph.add("Mul", [word, graph.add("Gather", [graph.pinned(f"{words}_scale"), "ids"])])
    # Everything from here to the slice is constant, and worked out when the model is loaded.
    place = graph.add("Cast", [graph.pinned(f"{places}_q")], to=TensorProto.FLOAT)
    place = graph.add("Mul", [place, graph.pinned(f"{places}_scale")])
    zero, one = graph.constant("zero", np.array([0])), graph.constant("one", np.array([1]))
    kind = graph.add("Slice", [graph.pinned(f"{_EMBEDDINGS}token_type_embeddings.weight"), zero, one, zero])
    place = graph.add("Add", [place, kind])
    tokens = graph.add("Shape", ["ids"], start=1, end=2)
    both = graph.add("Add", [word, graph.add("Slice", [place, zero, tokens, zero])])
    norm = [graph.pinned(f"{_EMBEDDINGS}LayerNorm.{part}") for part in ("weight", "bias")]
    return graph.add("LayerNormalization", [both, *norm], axis=-1, epsilon=EPSILON)


def _layer(graph: Graph, layer: int, matrices: dict[str, str], hidden: str) -> str:
    """One layer of BERT: attention and two matrices, each with the sum and normalisation behind it."""
    prefix = f"inner.encoder.layer.{layer}."
    # The three products share their left side, so it is rounded once.
    rounded = graph.add("DynamicQuantizeLinear", [hidden], outputs=3)
    parts = [
        graph.add(
            "MatMulIntegerToFloat",
            [
                *(rounded, graph.pinned(f"{matrices[part]}_q"), f"{rounded}.1", _scale(graph, matrices[part])),
                *(f"{rounded}.2", "", graph.pinned(f"{prefix}attention.self.{part}.bias")),
            ],
            _ORT,
        )
        for part in ("query", "key", "value")
    ]
    attention = graph.add("MultiHeadAttention", parts, _ORT, num_heads=HEADS)
    attended = _product(graph, attention, matrices["attention.output"], f"{prefix}attention.output.dense.bias")
    hidden = _normalised(graph, hidden, attended, f"{prefix}attention.output.LayerNorm")
    inner = _product(graph, hidden, matrices["intermediate"], f"{prefix}intermediate.dense.bias")
    active = graph.add("Gelu", [inner], _ORT)
    last = _fine_product if layer < FINE_LAYERS else _product
    outer = last(graph, active, matrices["output"], f"{prefix}output.dense.bias")
    return _normalised(graph, hidden, outer, f"{prefix}output.LayerNorm")


def _scale(graph: Graph, matrix: str) -> str:
    """The scales of a matrix, one a column."""
    return graph.add("Reshape", [graph.pinned(f"{matrix}_scale"), graph.constant("flat", np.array([-1]))])


def _product(graph: Graph, left: str, matrix: str, bias: str) -> str:
    """``left`` rounded to 8 bits with one scale for all of it, times an int8 matrix, plus the bias."""
    right = [graph.pinned(f"{matrix}_q"), _scale(graph, matrix), "", graph.pinned(bias)]
    return graph.add("DynamicQuantizeMatMul", [left, *right], _ORT)


def _fine_product(graph: Graph, left: str, matrix: str, bias: str) -> str:
    """The same with a scale for every FINE_VALUES values of ``left``. The operator wants the matrix transposed, in
    stretches of as many values, as unsigned numbers around 128; that is worked out when the model is loaded."""
    stretches = INNER // FINE_VALUES
    turned = graph.add("Cast", [graph.add("Transpose", [graph.pinned(f"{matrix}_q")])], to=TensorProto.INT32)
    turned = graph.add("Add", [turned, graph.constant("middle", np.array(128, dtype=np.int32))])
    turned = graph.add("Cast", [turned], to=TensorProto.UINT8)
    shape = graph.constant("stretches", np.array([WIDTH, stretches, FINE_VALUES]))
    turned = graph.add("Reshape", [turned, shape])
    column = graph.add("Transpose", [graph.pinned(f"{matrix}_scale")])
    scales = graph.add("Expand", [column, graph.constant("scales", np.array([WIDTH, stretches]))])
    scales = graph.add("Reshape", [scales, graph.constant("flat", np.array([-1]))])
    return graph.add(
        "MatMulNBits",
        [left, turned, scales, "", "", graph.pinned(bias)],
        _ORT,
        K=INNER,
        N=WIDTH,
        bits=8,
        block_size=FINE_VALUES,
        accuracy_level=4,  # products in integers
    )


def _normalised(graph: Graph, left: str, right: str, name: str) -> str:
    """Layer normalisation of a sum. Written out: ONNX Runtime's own operator for it adds value by value, and takes a
    quarter of the model's time."""
    total = graph.add("Add", [left, right])
    apart = graph.add("Sub", [total, graph.add("ReduceMean", [total], axes=[-1], keepdims=1)])
    squares = graph.add("ReduceSumSquare", [apart], axes=[-1], keepdims=1)
    width, epsilon = (
        graph.constant(name, np.array(value, dtype=np.float32))
        for name, value in (("width", WIDTH), ("epsilon", EPSILON))
    )
    variance = graph.add("Add", [graph.add("Div", [squares, width]), epsilon])
    unit = graph.add("Mul", [apart, graph.add("Reciprocal", [graph.add("Sqrt", [variance])])])
    scaled = graph.add("Mul", [unit, graph.pinned(f"{name}.weight")])
    return graph.add("Add", [scaled, graph.pinned(f"{name}.bias")])


def build_probe() -> bytes:
    """One integer product, ``left`` (uint8) by ``right`` (int8), as an ONNX file."""
    given = [
        helper.make_tensor_value_info("left", TensorProto.UINT8, ["rows", "depth"]),
        helper.make_tensor_value_info("right", TensorProto.INT8, ["depth", "columns"]),
    ]
    product = helper.make_tensor_value_info("product", TensorProto.INT32, ["rows", "columns"])
    node = helper.make_node("MatMulInteger", ["left", "right"], ["product"])
    graph = helper.make_graph([node], "probe", given, [product])
    return _file(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8))


def _file(model: onnx.ModelProto) -> bytes:
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=GRAPH.parent, metavar="FOLDER")
    folder: Path = parser.parse_args().out
    data = build(model_file())
    (folder / GRAPH.name).write_bytes(data)
    (folder / PROBE.name).write_bytes(build_probe())
    sys.stdout.write(f"{GRAPH.name}: {len(data):,} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}\n")


if __name__ == "__main__":
    main()
