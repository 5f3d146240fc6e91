"""Writes a trained reader as int8 ONNX, the file that the product reads.

    python -m evals.reader.export reader.pt [--out rag/reader.onnx]

Weights become int8 for each output channel of a matrix; products are done in integers (``quantize_dynamic``). Prints
the file's size and its SHA-256, which ``rag/crossencoder.py`` pins, and how far int8 is from fp32 on our own questions.
Needs the ``train`` extra.
"""

import argparse
import hashlib
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

from evals.reader.data import NEWS, rows
from evals.reader.model import Reader, base_folder
from index.onnx import tokenizer_file

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
SAMPLE = 200  # pairs on which int8 is compared with fp32


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("state", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent.parent / "rag" / "reader.onnx")
    arguments = parser.parse_args()
    model = Reader(base_folder())
    model.load_state_dict(torch.load(arguments.state, weights_only=True))
    model.eval()
    with TemporaryDirectory() as folder:
        plain = Path(folder, "reader.onnx")
        write(model, plain)
        quantize_dynamic(plain, arguments.out, per_channel=True, weight_type=QuantType.QInt8)
        data = arguments.out.read_bytes()
        sys.stdout.write(f"{len(data):,} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}\n")
        sys.stdout.write(f"correlation of int8 with fp32 relevance: {_agreement(plain, arguments.out):.4f}\n")


def write(model: Reader, path: Path) -> None:
    """``model`` in fp32 as ONNX with free batch and token axes."""
    example = tuple(torch.ones(2, 8, dtype=torch.long) for _ in INPUTS)
    axes = {name: {0: "passages", 1: "tokens"} for name in (*INPUTS, "tokens")} | {"relevance": {0: "passages"}}
    torch.onnx.export(
        model,
        example,
        path,
        input_names=list(INPUTS),
        output_names=["tokens", "relevance"],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )


def _agreement(plain: Path, small: Path) -> float:
    texts = {row["id"]: row["text"] for row in rows(NEWS) if "text" in row}
    asked = [row for row in rows(NEWS) if "question" in row][:SAMPLE]
    tokenizer = Tokenizer.from_str(tokenizer_file().decode("utf-8"))
    found = []
    for file in (plain, small):
        session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
        scores = []
        for row in asked:
            encoding = tokenizer.encode(row["question"], texts[row["paragraph"]])
            values = (encoding.ids, encoding.attention_mask, encoding.type_ids)
            inputs = {name: np.array([value], dtype=np.int64) for name, value in zip(INPUTS, values, strict=True)}
            scores.append(float(session.run(["relevance"], inputs)[0][0]))
        found.append(scores)
    return float(np.corrcoef(np.array(found))[0, 1])


if __name__ == "__main__":
    main()
