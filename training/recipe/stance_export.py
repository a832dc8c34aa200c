"""Write the stance network as an int8 ONNX graph that shares the word embedding of the encoder's graph."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx.external_data_helper import set_external_data
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from .encoder_export import OPSET
from .stance_data import Marked
from .stance_model import StanceModel, collate
from .stance_train import CHECKPOINT, new_model

INPUTS = ("ids", "casings", "roles")
OUTPUTS = ("pair", "target", "features")


class Graph(nn.Module):
    """The model as one function of three tensors: log-probabilities of both heads, and what the pair's head reads."""

    def __init__(self, model: StanceModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor, casings: Tensor, roles: Tensor) -> tuple[Tensor, ...]:
        """Scores in the order of OUTPUTS."""
        both, one = self.model.features(ids, casings, roles)
        return self.model.pair(both).log_softmax(-1), self.model.target(one).log_softmax(-1), both


def example() -> dict[str, Tensor]:
    """Two rows, one padded, to trace and to compare with."""
    rng = np.random.default_rng(0)
    rows = []
    for length in (24, 17):
        ids = [101, *rng.integers(1000, 20000, length - 2).tolist(), 102]
        roles = [0] * length
        roles[3:5], roles[9:10] = [1, 1], [2]
        rows.append(Marked(ids, rng.integers(0, 9, length).tolist(), roles, 0, 0))
    batch = collate(rows)
    return {name: batch[name] for name in INPUTS}


def export_graph(model: StanceModel, path: Path) -> None:
    """Write the full-precision graph; batch and pieces are free dimensions."""
    free = {name: {0: "batch", 1: "pieces"} for name in INPUTS} | {name: {0: "batch"} for name in OUTPUTS}
    torch.onnx.export(
        Graph(model).eval(),
        tuple(example().values()),
        str(path),
        input_names=list(INPUTS),
        output_names=list(OUTPUTS),
        dynamic_axes=free,
        opset_version=OPSET,
        dynamo=False,
    )
    graph = onnx.load(str(path))
    for node in graph.graph.node:
        node.ClearField("doc_string")
    onnx.save(graph, str(path))


def quantize(source: Path, target: Path) -> None:
    """Weights as 7 bits in int8, so that no processor's sums of products overflow; activations are scaled at run time."""
    with tempfile.TemporaryDirectory() as folder:
        shaped = Path(folder) / "shaped.onnx"
        quant_pre_process(str(source), str(shaped), skip_symbolic_shape=True)
        quantize_dynamic(
            str(shaped),
            str(target),
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Gemm", "Gather"],
            per_channel=True,
            reduce_range=True,
            extra_options={"MatMulConstBOnly": True},
        )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="folder with checkpoint.pt")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    model = new_model(pretrained=False)
    model.load_state_dict(torch.load(options.run / CHECKPOINT, weights_only=True)["mean"])
    model.eval()
    options.out.mkdir(parents=True, exist_ok=True)
    full, small = options.out / "stance-fp32.onnx", options.out / "stance.onnx"
    export_graph(model, full)
    quantize(full, small)
    inputs = example()
    with torch.no_grad():
        wanted = Graph(model).eval()(**inputs)
    report = {}
    for path in (full, small):
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        found = session.run(None, {name: value.numpy() for name, value in inputs.items()})
        report[path.name] = {
            name: round(float(np.abs(f - w.numpy()).max()), 5) for name, f, w in zip(OUTPUTS, found, wanted, strict=True)
        }
    sys.stdout.write(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
