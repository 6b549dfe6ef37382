"""DataParallel of both SDKs: one copy of a traced module for each core, inputs split along one dimension."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Optional, Sequence, Union

import torch

from neuron_stand_in import kernel
from neuron_stand_in.loading import core_count, neuron_cores_context


def set_meta(module: torch.nn.Module, **fields: Any) -> None:
    """Change, in place, what the runtime knows of a traced module's interface."""
    for _content, meta in kernel.models_in(module):
        meta.copy_(kernel.meta_tensor({**kernel.meta_of(meta), **fields}))


class DataParallel(torch.nn.Module):
    """Runs a traced module on several cores at once."""

    def __init__(
        self, model: Any, device_ids: Optional[Sequence[Union[int, str]]] = None, dim: int = 0,
        set_dynamic_batching: bool = True,
    ) -> None:  # fmt: skip
        super().__init__()
        owned = core_count()
        self.device_ids = [int(str(each).replace("nc:", "")) for each in device_ids or range(owned)]
        if max(self.device_ids) >= owned:
            raise ValueError(f"device_ids {self.device_ids} do not fit into {owned} NeuronCores")
        self.dim = dim
        self.num_workers = 2 * len(self.device_ids)
        self.split_size: Optional[int] = None
        self._copies = [_copy(model, core) for core in self.device_ids]
        if dim == 0 and set_dynamic_batching:
            for copy in self._copies:
                set_meta(copy, dynamic_batch=True)

    def disable_dynamic_batching(self) -> None:
        """From here on each split must have the compiled batch size."""
        for copy in self._copies:
            set_meta(copy, dynamic_batch=False)

    def forward(self, *inputs: torch.Tensor) -> Any:
        """The outputs of all splits, joined."""
        size = self.split_size or max(1, inputs[0].shape[self.dim] // len(self.device_ids))
        splits = list(zip(*(tensor.split(size, self.dim) for tensor in inputs)))
        with ThreadPoolExecutor(self.num_workers) as pool:
            turns = [self._copies[index % len(self._copies)] for index in range(len(splits))]
            results = list(pool.map(lambda job: job[0](*job[1]), zip(turns, splits)))
        return _joined(results, self.dim)


def _copy(model: Any, core: int) -> Any:
    stream = io.BytesIO()
    torch.jit.save(model, stream)
    stream.seek(0)
    with neuron_cores_context(core, 1):
        return torch.jit.load(stream)


def _joined(results: list[Any], dim: int) -> Any:
    first = results[0]
    if isinstance(first, torch.Tensor):
        return torch.cat(results, dim)
    if isinstance(first, dict):
        return {key: _joined([each[key] for each in results], dim) for key in first}
    return type(first)(_joined(list(parts), dim) for parts in zip(*results))
