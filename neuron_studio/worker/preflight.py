"""A look at a loaded model before it is compiled: facts for core to judge, told as one record."""

from __future__ import annotations

import inspect
from typing import Any, List, Optional, Sequence, Tuple

import torch

from neuron_studio.core.graph_behaviour import GraphBehaviour
from neuron_studio.core.model_facts import ModelFacts, ModelFile, usable_length
from neuron_studio.core.operators import SdkAnswer, judge_operators
from neuron_studio.core.precision import casts
from neuron_studio.core.preflight import PreflightFacts, preflight_findings
from neuron_studio.core.shapes import PairTokens
from neuron_studio.core.size import ModelSize
from neuron_studio.wire.events import Preflighted
from neuron_studio.wire.spec import RunSpec
from neuron_studio.worker import tables
from neuron_studio.worker.backends.base import Backend
from neuron_studio.worker.graph import Graph, trace_on_cpu
from neuron_studio.worker.graph_behaviour import graph_behaviour_of
from neuron_studio.worker.inputs import Encoder, NamedInputs
from neuron_studio.worker.model import LoadedModel
from neuron_studio.worker.traceable import LARGEST, traceable

Example = Tuple[torch.Tensor, ...]


def look(spec: RunSpec, loaded: LoadedModel, encoder: Encoder, backend: Backend, example: Example) -> Preflighted:
    """What a run tells before its compile: the graph is traced once, and the SDK asked what costs no time."""
    graph = _traced(spec, loaded, encoder, example)
    return _judged(spec, loaded, encoder, graph, backend.supported_operators())


def look_closely(
    spec: RunSpec, loaded: LoadedModel, encoder: Encoder, backend: Backend, example: Example
) -> Preflighted:
    """The same with the graph put to the test on other inputs, and the SDK asked to go through it, however long."""
    graph = _traced(spec, loaded, encoder, example)
    module = NamedInputs(loaded.model, encoder.names)
    behaviour = graph_behaviour_of(graph.module, module, encoder, spec)
    try:
        with torch.no_grad(), traceable(_cast(spec)):
            answer, refusal = backend.analyze(module, example), ""
    except Exception as error:
        answer, refusal = None, f"{type(error).__name__}: {error}"
    answer = answer or backend.supported_operators()
    return _judged(spec, loaded, encoder, graph, answer, behaviour, refusal)


def _traced(spec: RunSpec, loaded: LoadedModel, encoder: Encoder, example: Example) -> Graph:
    return trace_on_cpu(NamedInputs(loaded.model, encoder.names), example, _cast(spec))


def _cast(spec: RunSpec) -> Optional[str]:
    return casts(spec.target.family, spec.options.auto_cast, spec.options.auto_cast_type).other


def _judged(
    spec: RunSpec, loaded: LoadedModel, encoder: Encoder, graph: Graph, answer: Optional[SdkAnswer],
    behaviour: Optional[GraphBehaviour] = None, analysis_failure: str = "",
) -> Preflighted:  # fmt: skip
    operators = judge_operators(graph.uses, tables.operators(), spec.target.family, answer)
    model, tokenizer, config = loaded.model, loaded.tokenizer, loaded.model.config
    files = ModelFacts(spec.model.id, config.to_dict(), _files(loaded))
    facts = PreflightFacts(
        inputs=encoder.names,
        accepted=tuple(inspect.signature(model.forward).parameters),
        returned=tuple(tokenizer("a", "b")),
        labels=int(config.num_labels),
        type_vocabulary=getattr(config, "type_vocab_size", None),
        usable_length=usable_length(files.config),
        position_table=getattr(config, "max_position_embeddings", None),
        tokens=_tokens(spec, encoder, tokenizer),
        pad_id=tokenizer.pad_token_id,
        config_pad_id=getattr(config, "pad_token_id", None),
        tokenizer_size=len(tokenizer),
        embedding_rows=encoder.embedding_rows,
        attention=getattr(config, "_attn_implementation", None),
        remote_code=files.needs_remote_code,
        pickle=not files.has_safetensors,
        returns_dict=bool(getattr(config, "return_dict", getattr(config, "use_return_dict", False))),
        dropouts_on=graph.dropouts_on,
        largest_constant=graph.largest_constant,
        largest_in_cast=LARGEST.get(_cast(spec) or ""),
        size=_size(model, graph),
        analysis_failure=analysis_failure,
        behaviour=behaviour,
    )
    instance = tables.instances().get(spec.target.instance)
    return Preflighted(operators, preflight_findings(facts, spec, operators, instance))


def _files(loaded: LoadedModel) -> Tuple[ModelFile, ...]:
    return tuple(ModelFile(path.name) for path in sorted(loaded.local.folder.iterdir()))


def _tokens(spec: RunSpec, encoder: Encoder, tokenizer: Any) -> Tuple[PairTokens, ...]:
    # The sentences alone are asked for where one is cut; of most pairs nobody needs to know.
    counted: List[PairTokens] = []
    for pair, whole in zip(spec.pairs, encoder.token_counts(spec.pairs)):
        is_cut = whole > spec.options.sequence_length
        lengths = [_alone(tokenizer, sentence) for sentence in (pair.first, pair.second)] if is_cut else [0, 0]
        counted.append(PairTokens(whole, *lengths))
    return tuple(counted)


def _alone(tokenizer: Any, sentence: str) -> int:
    return len(tokenizer(sentence, add_special_tokens=False, truncation=False, verbose=False)["input_ids"])


def _size(model: Any, graph: Graph) -> ModelSize:
    tables_of = [module.weight for module in model.modules() if isinstance(module, torch.nn.Embedding)]
    return ModelSize(
        parameters=_count(list(model.parameters())),
        in_tables=_count(tables_of),
        computed=graph.computed,
    )


def _count(parameters: Sequence[torch.Tensor]) -> int:
    return sum(parameter.numel() for parameter in parameters)
