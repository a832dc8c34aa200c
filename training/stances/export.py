"""Write the stance network into kgbuild/data/leanings: an int8 graph, and the settings that calibrate it, fitted on DSE's clean development rows.

python -m training.stances.export --run DIR --data DIR [--out DIR]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from bench.dse import clean_lines, crossed, fitted, scores_of
from kgbuild.annotate.leanings import Network
from kgbuild.config import data_path
from training.recipe.encoder_export import OPSET

from .network import WIDTH, StanceNetwork, collate
from .train import read, scores

INPUTS = ("pieces", "marks")


class Graph(nn.Module):
    """The network's layers as one function of two tensors; its head is a handful of arrays beside."""

    def __init__(self, network: StanceNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, pieces: Tensor, marks: Tensor) -> Tensor:
        """(batch, pieces, width)."""
        return self.network.trunk(pieces, marks)


class Head(nn.Module):
    """The head of pairs as one function: log-probabilities (pairs, 5) of what it is given of each (pairs, 5 * width)."""

    def __init__(self, network: StanceNetwork) -> None:
        super().__init__()
        self.pair = network.pair

    def forward(self, pairs: Tensor) -> Tensor:
        """(pairs, 5)."""
        found: Tensor = self.pair(pairs).log_softmax(-1)
        return found


def write_graph(module: nn.Module, example: dict[str, Tensor], output: str, path: Path) -> None:
    """Trace and quantise: 7 bits in int8, so that no processor's sums of products overflow; activations are scaled at run time."""
    axes = {0: "batch", 1: "pieces"} if example.keys() == set(INPUTS) else {0: "pairs"}
    with tempfile.TemporaryDirectory() as folder:
        full, shaped = Path(folder) / "full.onnx", Path(folder) / "shaped.onnx"
        torch.onnx.export(
            module.eval(),
            tuple(example.values()),
            str(full),
            input_names=list(example),
            output_names=[output],
            dynamic_axes=dict.fromkeys((*example, output), axes),
            opset_version=OPSET,
            dynamo=False,
        )
        graph = onnx.load(str(full))
        for node in graph.graph.node:  # where in the source each node was made: paths of the machine that trained
            node.ClearField("doc_string")
        onnx.save(graph, str(full))
        quant_pre_process(str(full), str(shaped), skip_symbolic_shape=True)
        quantize_dynamic(
            str(shaped),
            str(path),
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Gemm"],
            per_channel=True,
            reduce_range=True,
            extra_options={"MatMulConstBOnly": True},
        )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, required=True, help="folder with network.pt")
    parser.add_argument("--seen", type=Path, help="folder with the corpora as read (default: --run)")
    parser.add_argument("--data", type=Path, required=True, help="folder of corpora (dse, newsmtsc)")
    parser.add_argument("--out", type=Path, default=data_path("leanings"))
    options = parser.parse_args()
    network = StanceNetwork()
    network.load_state_dict(torch.load(options.run / "network.pt", weights_only=True))
    rows, dev = read(options.data, options.seen or options.run)["dev"]
    options.out.mkdir(parents=True, exist_ok=True)
    network.eval()
    batch = collate(dev[:2])
    write_graph(Graph(network), {name: batch[name] for name in INPUTS}, "read", options.out / "leanings.onnx")
    write_graph(Head(network), {"pairs": torch.randn(3, 5 * WIDTH)}, "likely", options.out / "pairs.onnx")
    settings = options.out / "leanings.json"
    settings.write_text(json.dumps({"temperature": 1.0, "none": 0.0}) + "\n", encoding="utf-8")
    small = scores_of(Network(options.out), dev)
    wanted, _ = scores(network, dev)
    lines = clean_lines(options.data / "dse")
    clean = np.array([r.line in lines for r in rows])
    gold = np.array([r.label for r in rows])
    temperature, none = fitted(small[clean], gold[clean])
    settings.write_text(json.dumps({"temperature": temperature, "none": none}) + "\n", encoding="utf-8")
    report = {
        "same label as the network": round(float((small.argmax(1) == wanted.numpy().argmax(1)).mean()), 4),
        "temperature": temperature,
        "none": none,
        "calibration error, cross-fitted": round(crossed(small[clean], gold[clean]), 4),
    }
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
