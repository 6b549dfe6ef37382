"""Recorded messages of compilers, runtime and driver lead to a cause and a remedy; unknown ones to none."""

from __future__ import annotations

import pytest

from neuron_studio.core.known_failures import KNOWN_FAILURES, recognise

# As AWS documents them, or as users posted them in public issues.
RECORDED = (
    ("ImportError: WRONG PACKAGE. Please install the package from Neuron Repository - pip.example", "wrong-package"),
    ("ModuleNotFoundError: No module named 'torch_neuronx'", "sdk-missing"),
    ("ModuleNotFoundError: No module named 'torch_neuron'", "sdk-missing"),
    ("ImportError: cannot import name 'neuron' from 'torch'", "native-api-mixed"),
    ("Disabling PyTorch because PyTorch >= 2.1 is required but found 1.13.1", "transformers-too-new"),
    ("RuntimeError: Please check that neuron-cc is installed and working properly", "compiler-missing"),
    ("neuronx-cc is not installed.", "compiler-missing"),
    ("OSError: libnrt.so.1: cannot open shared object file: No such file or directory", "runtime-library-missing"),
    ("/lib64/libc.so.6: version `GLIBC_2.35' not found (required by libtorchneuron.so)", "glibc-too-old"),
    ("RuntimeError: module compiled against API version 0xf but this version of numpy is 0xe", "numpy-mismatch"),
    ("AttributeError: module 'numpy' has no attribute 'asscalar'", "numpy-mismatch"),
    ("AttributeError: module 'torch.jit' has no attribute '_script_if_tracing'", "torchvision-mismatch"),
    ('generic_type: type "XlaBuilder" is already registered!', "packages-collide"),
    ("Unable to determine Neuron Driver version. Please check aws-neuron-dkms package is installed.", "driver-missing"),
    ("This runtime requires Neuron Driver version 2.0 or newer. Please upgrade aws-neuron-dkms package.", "driver-too-old"),
    ("nrtd: HAL:aws_hal_tpb_pooling_write_profile failed programming the engine", "driver-too-old"),
    ("ERROR  TDRV:tdrv_get_dev_info  No neuron device available", "no-device"),
    ("RuntimeError: Check failed: PJRT_Client_Create\n ... !(num_devices > 0)", "no-device"),
    ("ERROR   NRT:nrt_allocate_neuron_cores  NeuronCore(s) not available - Requested:nc1-nc1 Available:0", "cores-busy"),
    ("Logical Neuron Core(s) not available - Requested:lnc1-lnc1 Available:0 Logical Core size:2 (cores busy, ret=-16)",
     "cores-busy"),
    ("ERROR   TDRV:tdrv_init  Could not open the nd1", "no-such-device"),
    ("RuntimeError: Neuron runtime cannot be initialized; cannot determine the number of available NeuronCores",
     "no-cores"),
    ("ERROR Could not find VNC id 1", "too-few-cores-for-pipeline"),
    ("Mismatch detected between Runtime configuration and NEFF. Runtime currently configured with "
     "`NEURON_LOGICAL_NC_CONFIG=1` but NEFF /a was compiled with `--lnc=2`", "logical-core-mismatch"),
    ("RuntimeError: The PyTorch Neuron Runtime could not be initialized. Neuron Driver issues are logged to your "
     "system logs.", "runtime-not-initialised"),
    ("INFO:Neuron:Compile command returned: -9", "out-of-memory"),
    ("RuntimeError: neuronx-cc failed with -9", "out-of-memory"),
    ("[F137] neuronx-cc was forcibly killed - This most commonly occurs due to insufficient system memory",
     "out-of-memory"),
    ("RuntimeError: neuronx-cc failed with -11", "compiler-crashed"),
    ("subprocess.TimeoutExpired: Command '['neuron-cc', 'compile']' timed out after 5 seconds", "compile-timed-out"),
    ("OSError: [Errno 28] No space left on device", "disk-full"),
    ("PytorchStreamWriter failed writing file data/0: file write failed", "disk-full"),
    ("OSError: 1048576 requested and 0 written", "disk-full"),
    ("WARNING:Neuron:No operator is placed on Neuron runtime; returning a CPU trace", "nothing-placed"),
    ("neuronx-cc: error: unrecognized arguments: --fast-maths none", "compiler-argument-refused"),
    ("NotImplementedError: separate_weights is not supported by this version of neuron-cc", "compiler-too-old"),
    ("[NCC_EVRF051] float8_e4m3fn is not supported", "cast-type-refused"),
    ("Incorrect tensor shape at input #0: received 1, 64, expected 1, 128", "inputs-do-not-fit"),
    ("ERROR [neuronx-cc]: [NCC_EVRF016] scatter-reduce on int32", "compiler-refused"),
    ("RuntimeError: neuronx-cc failed with 70", "compiler-failed"),
    ("Compile command returned: 1", "compiler-failed"),
    ("OSError: [Errno 24] Too many open files: '/tmp/x'", "too-many-files"),
    ("RuntimeError: No operations were successfully partitioned and compiled to neuron for this model - aborting trace!",
     "nothing-compiled"),
    ("PyTorch to TF conversion failed to resolve function on aten::sort", "unsupported-operator"),
    ("[NCC_EVRF001] An unsupported operator was used: sort", "unsupported-operator"),
    ("ERROR [neuronx-cc]: NCC_EVRF004 complex64 is not supported", "unsupported-data"),
    ("NCC_EVRF056: gather index out of bounds", "gather-out-of-bounds"),
    ("[NCC_EOOM002] the model does not fit", "model-too-large"),
    ("[XTP002] Too many instructions after unroll for function sg0000 !", "graph-too-large"),
    ("[NCC_EARG001] Unsupported LNC configuration for target trn1", "logical-core-unsupported"),
    ("google.protobuf.message.DecodeError: Error parsing message with type 'tensorflow.GraphDef'",
     "model-beyond-two-gigabytes"),
    ("RuntimeError: Encountering a dict at the output of the tracer might cause the trace to be incorrect",
     "dictionary-output"),
    ('Operator "aten::lstm" consuming a PackedSequence input can only be supported when', "packed-sequence"),
    ("If you want to compile on CPU, please supply compiler argument target, with one of options trn1, inf2",
     "target-missing"),
    ("RuntimeError: \nUnknown builtin op: neuron::forward_1.\nCould not find any similar ops", "sdk-not-imported"),
    ("Unknown type name '__torch__.torch.classes.neuron.Model'", "sdk-not-imported"),
    ("NEFF version mismatch supported: 1.0 received: 2.0", "neff-version-mismatch"),
    ("Could not load the model status=2 message=Invalid", "neff-version-mismatch"),
    ("Attempting to load an incompatible model!", "another-generation"),
    ("Unsupported hardware operator code 214 found in neff", "runtime-too-old"),
    ("Could not load the model status=4 message=Allocation Failure", "device-memory-full"),
    ("RuntimeError: Inconsistent batch sizes found on inputs", "batch-sizes-differ"),
    ("The size of tensor a (2) must match the size of tensor b (4) at non-singleton dimension 0", "dynamic-batch-shape"),
    ("INFER_ERROR_SUBTYPE_NUMERICAL", "numerical-error"),
    ("nrt_execute failed due to out-of-bound access", "index-out-of-table"),
    ("W: GPG error: The following signatures were invalid: EXPKEYSIG 5749CAD8646D9185", "signing-key-expired"),
)  # fmt: skip


@pytest.mark.parametrize(("said", "code"), RECORDED)
def test_that_a_recorded_message_is_recognised(said: str, code: str) -> None:
    found = recognise(f"some lines before\n{said}\nsome lines after\n")
    assert found is not None
    assert found.code == code


def test_that_every_kind_of_known_failure_has_been_recorded_and_ends_in_a_remedy() -> None:
    recorded = {code for _said, code in RECORDED}
    without_record = {
        "execution-timed-out",
        "device-unrecoverable",
    }  # the documents give their numbers, not their lines
    assert {known.code for known in KNOWN_FAILURES} == recorded | without_record
    assert len(RECORDED) >= 40
    for known in KNOWN_FAILURES:
        assert known.message.endswith(".")
        assert known.remedy


def test_that_what_nobody_has_met_is_not_guessed() -> None:
    assert recognise("Segmentation fault in the flux compensator") is None


@pytest.mark.parametrize(
    ("log", "code"),
    [
        ("[F137] neuronx-cc was forcibly killed\nRuntimeError: neuronx-cc failed with 70", "out-of-memory"),
        ("Compile command returned: -9\nNo operations were successfully partitioned and compiled to neuron",
         "out-of-memory"),
        ("NRT:nrt_allocate_neuron_cores NeuronCore(s) not available - Requested:nc4-nc4 Available:0\n"
         "RuntimeError: The PyTorch Neuron Runtime could not be initialized", "cores-busy"),
        ("[NCC_EVRF029] sort\nneuronx-cc failed with 70", "unsupported-operator"),
    ],
)  # fmt: skip
def test_that_a_reason_wins_over_the_mere_news_that_something_failed(log: str, code: str) -> None:
    for order in (log, "\n".join(reversed(log.splitlines()))):
        found = recognise(order)
        assert found is not None
        assert found.code == code


def test_that_the_line_with_the_words_can_be_quoted() -> None:
    log = "before\n  ERROR [neuronx-cc]: [NCC_EVRF029] Operation sort is not supported  \nafter"
    found = recognise(log)
    assert found is not None
    assert found.line_in(log) == "ERROR [neuronx-cc]: [NCC_EVRF029] Operation sort is not supported"
