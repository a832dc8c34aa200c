"""Write a trained encoder as ONNX graphs, in full precision and in int8, with the arrays and labels that decoding needs."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from .encoder_data import Labels
from .encoder_model import Model
from .encoder_train import BASE, CHECKPOINT, new_model

INPUTS = ("ids", "shapes", "first", "last")
OUTPUTS = ("xpos", "morph", "ner", "sent", "arc", "rd", "rh")
UNUSED = ("lemma",)
"""Tasks that only training has: the shipped lemmas come from rules and the tags."""
OPSET = 17


class Graph(nn.Module):
    """The model as one function of four tensors; relations are scored outside, for chosen heads only."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor, shapes: Tensor, first: Tensor, last: Tensor) -> tuple[Tensor, ...]:
        """Scores in the order of OUTPUTS."""
        model = self.model
        words = model({"ids": ids, "shapes": shapes, "first": first, "last": last})
        tags = (model.heads[task](words) for task in ("xpos", "morph", "ner"))
        return (*tags, model.sentence(words), *model.trees(words))


def example() -> dict[str, Tensor]:
    """Two rows of pieces, one padded, to trace and to compare with."""
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(1000, 20000, (2, 12), generator=generator)
    ids[1, 9:] = 0
    shapes = torch.randint(0, 9, ids.shape, generator=generator)
    first, last = torch.tensor([[1, 2, 4, 6], [1, 2, 3, 3]]), torch.tensor([[1, 3, 5, 7], [1, 2, 3, 3]])
    return {"ids": ids, "shapes": shapes, "first": first, "last": last}


def export_graph(model: Model, path: Path) -> None:
    """Write the full-precision graph; batch, pieces and words are free dimensions."""
    free = {name: {0: "batch", 1: "pieces" if name in ("ids", "shapes") else "words"} for name in (*INPUTS, *OUTPUTS)}
    free["arc"][2] = free["rh"][1] = "words and root"
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
    for node in graph.graph.node:  # where in the source each node was made: paths of the machine that trained
        node.ClearField("doc_string")
    onnx.save(graph, str(path))


def quantize(source: Path, target: Path) -> None:
    """Weights as int8, a scale a column; activations are scaled at run time, whatever the text."""
    with tempfile.TemporaryDirectory() as folder:
        shaped = Path(folder) / "shaped.onnx"
        quant_pre_process(str(source), str(shaped), skip_symbolic_shape=True)
        quantize_dynamic(
            str(shaped),
            str(target),
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Gemm", "Gather"],
            per_channel=True,
            extra_options={"MatMulConstBOnly": True},
        )


def differences(model: Model, path: Path) -> dict[str, float]:
    """The largest difference between graph and model on the example, for each output."""
    inputs = example()
    with torch.no_grad():
        wanted = Graph(model).eval()(**inputs)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found = session.run(None, {name: value.numpy() for name, value in inputs.items()})
    return {
        name: round(float(np.abs(f - w.numpy()).max()), 6) for name, f, w in zip(OUTPUTS, found, wanted, strict=True)
    }


def write_rest(model: Model, labels: Labels, folder: Path) -> None:
    """relations.npz, labels.json and tokenizer.json."""
    np.savez(folder / "relations.npz", R=model.relations.detach().numpy().astype(np.float32))
    kept = {task: known for task, known in labels.items() if task not in UNUSED}
    (folder / "labels.json").write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    shutil.copyfile(BASE / "tokenizer.json", folder / "tokenizer.json")


def export(run: Path, out: Path) -> dict[str, dict[str, float]]:
    """Write out/fp32 and out/int8, each a folder that kgbuild's encoder loads; how far each is from the model."""
    labels: Labels = json.loads((run / "labels.json").read_text(encoding="utf-8"))
    model = new_model(labels, pretrained=False)
    model.load_state_dict(torch.load(run / CHECKPOINT, weights_only=True)["model"])
    model.eval()
    for kind in ("fp32", "int8"):
        (out / kind).mkdir(parents=True, exist_ok=True)
        write_rest(model, labels, out / kind)
    full, small = (out / kind / "encoder.onnx" for kind in ("fp32", "int8"))
    export_graph(model, full)
    quantize(full, small)
    return {"fp32": differences(model, full), "int8": differences(model, small)}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="folder with labels.json and checkpoint.pt")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    sys.stdout.write(json.dumps(export(options.run, options.out), indent=1) + "\n")


if __name__ == "__main__":
    main()
