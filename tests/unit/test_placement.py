"""Where torch-neuron put the operators, by the lines that users have published of it."""

from __future__ import annotations

from neuron_studio.core.placement import placement_in
from neuron_studio.wire.operators import LeftOperator

# A BERT whose mask arithmetic, though supported, comes before the fused block.
BERT = """\
INFO:Neuron:There are 3 ops of 1 different types in the TorchScript that are not compiled by neuron-cc: aten::embedding
INFO:Neuron:Number of arithmetic operators (pre-compilation) before = 565, fused = 548, percent fused = 96.99%
INFO:Neuron:Compiling function _NeuronGraph$698 with neuron-cc
.....
Compiler status PASS
INFO:Neuron:Number of arithmetic operators (post-compilation) before = 565, compiled = 548, percent compiled = 96.99%
INFO:Neuron:The neuron partitioner created 1 sub-graphs
INFO:Neuron:Neuron successfully compiled 1 sub-graphs, Total fused subgraphs = 1, Percent of model sub-graphs = 100.0%
INFO:Neuron:Compiled these operators (and operator counts) to Neuron:
INFO:Neuron: => aten::Int: 96
INFO:Neuron: => aten::linear: 74
INFO:Neuron:Not compiled operators (and operator counts) to Neuron:
INFO:Neuron: => aten::Int: 1 [supported]
INFO:Neuron: => aten::embedding: 3 [not supported]
"""


def test_that_planned_and_achieved_are_read_with_each_operator_s_place() -> None:
    placed = placement_in(BERT.splitlines())
    assert placed is not None
    assert (placed.operators, placed.planned, placed.achieved) == (565, 548, 548)
    assert (placed.parts, placed.parts_compiled) == (1, 1)
    assert placed.compiled == {"aten::Int": 96, "aten::linear": 74}
    assert placed.left == (LeftOperator("aten::Int", 1, True), LeftOperator("aten::embedding", 3, False))


def test_that_sub_graphs_that_fell_back_are_told_from_what_was_planned() -> None:
    placed = placement_in([
        "INFO:Neuron:Number of arithmetic operators (pre-compilation) before = 2578, fused = 2300, percent fused = 89%",
        "Number of arithmetic operators (post-compilation) before = 2578, compiled = 146, percent compiled = 5.66%",
        "INFO:Neuron:Neuron successfully compiled 4 sub-graphs, Total fused subgraphs = 19, Percent of model = 21.1%",
    ])  # fmt: skip
    assert placed is not None
    assert (placed.planned, placed.achieved, placed.parts_compiled, placed.parts) == (2300, 146, 4, 19)


def test_that_a_model_of_which_nothing_was_placed_is_told_as_such() -> None:
    placed = placement_in([
        "INFO:Neuron:Number of arithmetic operators (pre-compilation) before = 12, fused = 0, percent fused = 0.0%",
        "WARNING:Neuron:No operator is placed on Neuron runtime; returning a CPU trace",
    ])  # fmt: skip
    assert placed is not None
    assert (placed.operators, placed.achieved) == (12, 0)


def test_that_a_compile_cut_short_leaves_open_what_it_did_not_say() -> None:
    placed = placement_in(BERT.splitlines()[:4])
    assert placed is not None
    assert (placed.planned, placed.achieved, placed.parts) == (548, None, None)


def test_that_other_logs_tell_nothing() -> None:
    assert placement_in(["Compiler status PASS", "...", ""]) is None
