"""Give the shipped encoder's graph one output more: its pieces after the lower half of the layers, which the stance network reads on from.

python -m training.stances.expose   (writes kgbuild/data/model/encoder/encoder.onnx anew; nothing else in it changes)
"""

from __future__ import annotations

import onnx
from onnx import TensorProto, helper

from kgbuild.annotate.encoder import MIDDLE
from kgbuild.config import data_path

from .network import LOWER, WIDTH


def main() -> None:
    """Rename the value that the last lower layer ends in, and list it as an output."""
    path = str(data_path("model", "encoder", "encoder.onnx"))
    model = onnx.load(path)
    if any(o.name == MIDDLE for o in model.graph.output):
        return
    value = next(
        n.output[0]
        for n in model.graph.node
        if n.op_type == "LayerNormalization"
        and any(f"layers.{LOWER - 1}.{end}/" in n.name for end in ("n2", "output_norm"))
    )
    for node in model.graph.node:
        node.input[:] = [MIDDLE if name == value else name for name in node.input]
        node.output[:] = [MIDDLE if name == value else name for name in node.output]
    model.graph.output.append(helper.make_tensor_value_info(MIDDLE, TensorProto.FLOAT, ["b", "t", WIDTH]))
    onnx.save(model, path)


if __name__ == "__main__":
    main()
