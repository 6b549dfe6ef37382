"""What compilers, runtime, driver and libraries say when they fail: the words, what they mean, what to do.

Words and causes follow AWS's troubleshooting pages, the compiler's error codes and public issues; they
are matched as they stand, first match wins, so the most telling ones come first and the vague ones last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional

from neuron_studio.wire.errors import Blame


@dataclass(frozen=True)
class KnownFailure:
    """One failure by the words that give it away: a regular expression, a cause and a remedy.

    A vague one says only that something failed; whatever else was said is the better reason.
    """

    code: str
    words: str
    message: str
    remedy: str
    blame: Blame = Blame.RUN
    is_vague: bool = False

    def line_in(self, text: str) -> str:
        """The line that holds the words; empty where there is none."""
        found = re.search(self.words, text)
        if found is None:
            return ""
        begin = text.rfind("\n", 0, found.start()) + 1
        end = text.find("\n", found.end())
        # The compilers' signs of life come without a line of their own.
        return text[begin : end if end >= 0 else len(text)].strip().lstrip(".")[:_LONGEST_LINE]


_ENV = Blame.ENVIRONMENT
_INPUT = Blame.INPUT
_LONGEST_LINE = 2000

# "unexpected pos" is torch's: its place in the file is not where its writes should have brought it, and it aborts.
DISK_FULL = KnownFailure(
    "disk-full", r"No space left on device|\[Errno 28\]|Disk quota exceeded|failed writing file|\. unexpected pos |"
    r"\d+ requested and \d+ written",
    "The disk is full.", "Free some space, or choose an output folder on another disk.",
)  # fmt: skip
OUT_OF_MEMORY = KnownFailure(
    "out-of-memory", r"Compile command returned: -9|neuronx-cc failed with -9|\[F137\] neuronx-cc was forcibly killed",
    "The compiler was killed (signal 9), which the kernel does when memory runs out.",
    "Compile on a machine with more memory, or lower the batch size or sequence length.",
)  # fmt: skip

NOTHING_PLACED = KnownFailure(
    "nothing-placed", r"No operator is placed on Neuron runtime",
    "The compiler placed no operator on Neuron: what it gave back would run on the CPU alone.",
    "Look at the unsupported operators and at the compiler's lines in the log; choose a model whose operators the "
    "target supports.",
)  # fmt: skip

COMPILE_TIMED_OUT = KnownFailure(
    "compile-timed-out", r"TimeoutExpired|Command '.*neuronx?-cc.* timed out after",
    "The compiler took longer than the time allowed.",
    "Raise the compile timeout, or lower the batch size or sequence length.",
)  # fmt: skip

KNOWN_FAILURES = (
    DISK_FULL,
    # The wrong packages, or packages that do not fit each other.
    KnownFailure("wrong-package", r"WRONG PACKAGE\. Please install the package from Neuron Repository",
                 "A placeholder from the public package index is installed in place of the Neuron SDK.",
                 "Uninstall it, then install it again from AWS's own Neuron package index.", _ENV),
    KnownFailure("sdk-missing", r"No module named '(torch_neuronx|torch_neuron)'",
                 "The Neuron SDK is not in this environment.",
                 "Choose the interpreter of the Neuron environment.", _ENV),
    KnownFailure("native-api-mixed", r"cannot import name 'neuron' from 'torch'",
                 "Code for TorchNeuron native meets the XLA-based SDK, or the other way round.",
                 "Choose an environment whose torch-neuronx is of the 2.9 line or older.", _ENV),
    KnownFailure("transformers-too-new", r"Disabling PyTorch because PyTorch >=",
                 "This transformers release no longer works with the old torch of this environment.",
                 "Install transformers 4.30 to 4.36 into the Inf1 environment.", _ENV),
    KnownFailure("compiler-missing", r"Please check that neuron-cc is installed and working properly|"
                 r"neuronx-cc is not installed|neuronx-cc compiler binary does not exist",
                 "The compiler is missing from the environment, or does not start.",
                 "Install neuron-cc[tensorflow] (Inf1) or neuronx-cc from AWS's Neuron package index.", _ENV),
    KnownFailure("runtime-library-missing", r"libnrt\.so\.1: cannot open shared object file",
                 "The Neuron runtime library is not found.",
                 "Install aws-neuronx-runtime-lib, and add /opt/aws/neuron/lib to LD_LIBRARY_PATH.", _ENV),
    KnownFailure("glibc-too-old", r"GLIBC_2\.35' not found",
                 "PyTorch 2.9 for Neuron needs a newer system (glibc 2.35).",
                 "Use Ubuntu 22.04 or 24.04; Amazon Linux 2023 cannot run it.", _ENV),
    KnownFailure("numpy-mismatch", r"module compiled against API version \S+ but this version of numpy|"
                 r"module 'numpy' has no attribute 'asscalar'",
                 "numpy does not fit the installed compiler.",
                 "Install the compiler again with --force-reinstall, so that its own numpy comes along.", _ENV),
    KnownFailure("torchvision-mismatch", r"module 'torch\.jit' has no attribute '_script_if_tracing'",
                 "torchvision is newer than torch.", "Install the torchvision that belongs to this torch.", _ENV),
    KnownFailure("packages-collide", r'generic_type: type "XlaBuilder" is already registered|_XLAC\S* undefined symbol',
                 "TensorFlow or JAX share the environment, or torch and torch-neuronx are of different releases.",
                 "Make a clean environment with torch-neuronx and the torch it asks for.", _ENV),
    # Driver and devices.
    KnownFailure("driver-missing", r"Unable to determine Neuron Driver version",
                 "The Neuron driver is not installed.",
                 "sudo apt-get install aws-neuronx-dkms (Inf1: aws-neuronx-dkms=2.24.*)", _ENV),
    KnownFailure("driver-too-old", r"This runtime requires Neuron Driver version|"
                 r"is not compatible with the installed aws-neuron-dkms package|HAL:aws_hal_tpb_pooling_write_profile",
                 "The driver is older than the runtime needs, or was updated and not loaded again.",
                 "Upgrade the driver, end what uses the devices, then: sudo rmmod neuron; sudo modprobe neuron", _ENV),
    KnownFailure("no-device", r"No neuron device available|Failed to initialize devices, error:5",
                 "No Neuron device can be used: not a Neuron instance, or the driver is not loaded.",
                 "Check the instance type, lsmod | grep neuron and ls -l /dev/neuron*; reload the driver.", _ENV),
    KnownFailure("no-device", r"PJRT_Client_Create[\s\S]*!\(num_devices > 0\)|!\(num_devices > 0\)",
                 "torch-xla finds no Neuron device.",
                 "Compile on this machine with a torch-neuronx that has cpu_backend, or on a Neuron instance.", _ENV),
    KnownFailure("cores-busy", r"NeuronCore\(s\) not available - Requested|Neuron Core\(s\) not available - Requested|"
                 r"cores busy, ret=-16", "The NeuronCores that were asked for belong to another process.",
                 "Lower the core count, or end the process that neuron-ls shows: cores return when it exits.", _ENV),
    KnownFailure("no-such-device", r"Could not open the nd\d+",
                 "The run asked for a device that this instance does not have.",
                 "Lower the core count to what the instance has.", _ENV),
    KnownFailure("no-cores", r"cannot determine the number of available NeuronCores",
                 "The runtime could not start: cores are held by another process, or there is no device.",
                 "Close other notebooks and workers that hold cores, then try again.", _ENV),
    KnownFailure("too-few-cores-for-pipeline", r"Could not find VNC id|Failed to load NN:[\s\S]*err: 2",
                 "The compiled model spreads over more cores than the process owns.",
                 "Raise the core count to the pipeline's size."),
    KnownFailure("logical-core-mismatch", r"Mismatch detected between Runtime configuration and NEFF",
                 "The model was compiled for another logical core size than the runtime is set to.",
                 "Set NEURON_LOGICAL_NC_CONFIG to the compiled value, or compile again.", _ENV),
    KnownFailure("runtime-not-initialised", r"The PyTorch Neuron Runtime could not be initialized",
                 "The Neuron runtime did not start: no device, no driver, the wrong driver, or busy cores.",
                 "Here you can compile; to run, use a Neuron instance and check neuron-ls and the driver.", _ENV,
                 is_vague=True),
    # The compiler ran out of something.
    OUT_OF_MEMORY,
    KnownFailure("compiler-crashed", r"neuronx-cc failed with -(6|11)|Compile command returned: -(6|11)",
                 "The compiler crashed.", "Try -O1, a shorter sequence length, or another release of the compiler."),
    COMPILE_TIMED_OUT,
    KnownFailure("too-many-files", r"(?i)too many open files", "The process may not open more files.",
                 "Raise the limit in the shell that starts the studio: ulimit -n 65535", _ENV),
    # What the compiler cannot do with this graph.
    NOTHING_PLACED,
    KnownFailure("compiler-argument-refused", r"unrecognized arguments: |neuronx?-cc(?: compile)?: error: ",
                 "The compiler does not take one of the arguments that it was given.",
                 "Correct the compiler arguments, or leave them out.", _INPUT),
    KnownFailure("compiler-too-old", r"separate_weights is not supported",
                 "The model is larger than 2 GB, and this neuron-cc cannot keep its weights apart.",
                 "Install the newest neuron-cc (1.13 or later) from AWS's Neuron package index.", _ENV),
    KnownFailure("unsupported-operator", r"PyTorch to TF conversion failed to resolve function on (aten::\w+)",
                 "An operator of the model has no conversion for Inf1.",
                 "Let it fall back to the CPU, or change the model."),
    KnownFailure("unsupported-operator", r"NCC_EVRF001|NCC_EUOC002|NCC_EVRF029|An unsupported operator was used",
                 "The model uses an operator that neuronx-cc does not compile.",
                 "Rewrite that part of the model, or choose a model without it."),
    KnownFailure("unsupported-data", r"NCC_EVRF004|NCC_EMOD025", "The graph holds complex numbers or dynamic shapes.",
                 "Choose a model whose shapes are fixed by padding."),
    KnownFailure("gather-out-of-bounds", r"NCC_EVRF056", "An index lies outside its table.",
                 "Keep the sequence length within the model's position table.", _INPUT),
    KnownFailure("model-too-large", r"NCC_EOOM00[12]|NCC_EVRF009|NCC_EXSP001",
                 "The model does not fit the device's memory.",
                 "Lower the batch size or sequence length, or choose a larger instance."),
    KnownFailure("graph-too-large", r"NCC_EBVF030|NCC_EVRF007|NCC_EXTP004|\[XTP002\]|Too many instructions",
                 "The graph has too many instructions for the compiler.",
                 "Pass --compiler-arg=-O1, or lower the batch size or sequence length."),
    KnownFailure("cast-type-refused", r"NCC_EVRF051", "The target has no such 8-bit float type.",
                 "Choose the cast type bf16, fp16 or tf32.", _INPUT),
    KnownFailure("logical-core-unsupported", r"NCC_EARG001", "The target does not have that logical core size.",
                 "Leave the logical core size out, or use 1 on Inf2 and Trn1.", _INPUT),
    KnownFailure("model-beyond-two-gigabytes", r"Error parsing message with type 'tensorflow\.GraphDef'",
                 "The model is larger than the 2 GB that neuron-cc takes in one piece.",
                 "Use the newest neuron-cc, which keeps the weights apart (separate_weights)."),
    KnownFailure("dictionary-output", r"Encountering a dict at the output of the tracer",
                 "The model returns a dictionary, which cannot be traced.", "Please report this with the log."),
    KnownFailure("packed-sequence", r'Operator "aten::lstm" consuming a PackedSequence input',
                 "A packed sequence leaves the LSTM.", "Pad the sequence inside the model before the LSTM."),
    KnownFailure("target-missing", r"If you want to compile on CPU, please supply compiler argument target",
                 "Without a device the compiler must be told the target.", "Choose a target, such as inf2.", _INPUT),
    KnownFailure("unsupported-operator", r"AttributeError[\s\S]*fallback=False|AttributeError: .*aten::",
                 "An operator is not supported on Inf1, and falling back to the CPU was switched off.",
                 "Allow the CPU fallback."),
    # The artifact and the machine do not belong together.
    KnownFailure("sdk-not-imported", r"Unknown builtin op: neuron::forward|"
                 r"Unknown type name '__torch__\.torch\.classes\.neuron\.Model'",
                 "A traced module was opened without its SDK.",
                 "Import torch_neuron (Inf1) or torch_neuronx before torch.jit.load.", _ENV),
    KnownFailure("neff-version-mismatch", r"NEFF version mismatch supported:",
                 "The compiler is newer than the runtime, or the logical core sizes differ.",
                 "Bring compiler, runtime and driver to one SDK release, and compile again.", _ENV),
    KnownFailure("another-generation", r"Attempting to load an incompatible model|NRT_FAILURE\(6\)",
                 "The module was compiled for another generation of chips.", "Compile again for this instance.", _ENV),
    KnownFailure("runtime-too-old", r"Unsupported hardware operator code", "The runtime is older than the compiler.",
                 "Upgrade aws-neuronx-runtime-lib and aws-neuronx-collectives.", _ENV),
    KnownFailure("device-memory-full", r"status=4 message=Allocation Failure|mc_alloc: device mempool",
                 "The device's memory is full.",
                 "Load fewer copies, lower the batch size, or choose a larger instance."),
    # Running.
    KnownFailure("inputs-do-not-fit", r"Incorrect tensor (shape|type) at input #\d+",
                 "The inputs have another shape or type than the module was compiled for.",
                 "Compile again with the sequence length and batch size that are to be used."),
    KnownFailure("batch-sizes-differ", r"Inconsistent batch sizes found on inputs",
                 "A compiled part of the model has inputs without the batch dimension, so its batch size cannot vary.",
                 "Compile again without the dynamic batch size."),
    KnownFailure("dynamic-batch-shape", r"The size of tensor a \(\d+\) must match the size of tensor b \(\d+\) at "
                 r"non-singleton dimension 0", "The model reads its batch size on the CPU, so it cannot vary.",
                 "Use a fixed batch size."),
    KnownFailure("numerical-error", r"INFER_ERROR_SUBTYPE_NUMERICAL|COMPLETED_WITH_NUM_ERR|status=1003",
                 "The device met NaN.", "Choose a wider type, or pass --compiler-arg=--enable-saturate-infinity."),
    KnownFailure("index-out-of-table", r"EXEC_OOB|status=1006|due to out-of-bound access",
                 "A token id lies outside the model's table.",
                 "Check that tokenizer and model belong together.", _INPUT),
    KnownFailure("execution-timed-out", r"NRT_TIMEOUT|status=5 message=Timeout",
                 "The device did not answer in time.", "Raise NEURON_RT_EXEC_TIMEOUT, or restart the instance."),
    KnownFailure("device-unrecoverable", r"EXEC_UNIT_UNRECOVERABLE|status=101\b|NRT_HW_ERROR|status=120[0-6]\b",
                 "The device reports a hardware error.",
                 "Stop and start the instance, so that it moves to another host."),
    KnownFailure("signing-key-expired", r"EXPKEYSIG", "The key of AWS's Neuron package repository has expired.",
                 "Import the repository's new GPG key.", _ENV),
    # That something failed, and no more.
    KnownFailure("neff-version-mismatch", r"status=2 message=Invalid",
                 "The runtime does not take the module: the compiler is newer, or the logical core sizes differ.",
                 "Bring compiler, runtime and driver to one SDK release, and compile again.", _ENV, is_vague=True),
    KnownFailure("nothing-compiled", r"No operations were successfully partitioned and compiled to neuron",
                 "No part of the model could be compiled.",
                 "Look at the unsupported operators and at the compiler's own files in the run folder.", is_vague=True),
    KnownFailure("compiler-refused", r"\bNCC_[A-Z]{4}\d{3}\b|\[[A-Z]{3,4}\d{3}\]",
                 "The compiler refuses this graph, with a code that stands in the details.",
                 "Look the code up in AWS's list of neuronx-cc error codes; a shorter sequence length, a smaller "
                 "batch or --compiler-arg=-O1 gets past many of them.", is_vague=True),
    KnownFailure("compiler-failed", r"neuronx-cc failed with -?\d+|Compile command returned: -?[1-9]|"
                 r"neuron-cc failed with the following command line call|Compiler status ERROR",
                 "The compiler gave up, for a reason that nobody has recorded yet.",
                 "Its last words stand in the details, its files in the run's work folder. Another release of the "
                 "compiler, a shorter sequence length or a smaller batch often gets past it.", is_vague=True),
)  # fmt: skip


def recognise(text: str) -> Optional[KnownFailure]:
    """The known failure whose words stand in a log or a message, no vague one where another fits; None for none."""
    found = [known for known in KNOWN_FAILURES if re.search(known.words, text)]
    return next((known for known in found if not known.is_vague), found[0] if found else None)
