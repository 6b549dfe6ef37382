"""What is to be said of a machine's Neuron devices and their driver, with the command that mends it."""

from __future__ import annotations

from typing import Iterator

from neuron_studio.core.neuron_devices import core_map
from neuron_studio.core.sdk_releases import numbers
from neuron_studio.wire.errors import StudioError
from neuron_studio.wire.findings import Finding, Level
from neuron_studio.wire.machine import Machine

# The last driver line that knows the first Inferentia chips.
_LAST_FOR_INF1 = (2, 24)


def machine_findings(machine: Machine) -> Iterator[Finding]:
    """The driver, the devices, and whoever holds them."""
    yield from driver_findings(machine)
    if machine.listing is None:
        yield _counted(machine)
        return
    try:
        cores = core_map(list(machine.listing))
    except StudioError as error:
        yield Finding(Level.WARNING, error.code, error.message, error.remedy, subject="devices")
        return
    yield _counted(machine, f"{len(cores.free)} of {len(cores.cores)} NeuronCores are free")
    for device in cores.devices:
        for holder in device.holders:
            yield Finding(
                Level.WARNING, "device-held",
                f"Device {device.index} is held by process {holder.pid} ({holder.command or 'unnamed'}).",
                "Its cores return when it exits: end it, if it is yours and has done its work.",
                f"kill {holder.pid}", "devices",
            )  # fmt: skip


def driver_findings(machine: Machine) -> Iterator[Finding]:
    """Whether the driver is there, and of a release that knows these chips."""
    is_inf1 = (machine.instance or "").startswith("inf1.")
    if machine.driver is None and machine.instance is not None and machine.devices == 0:
        package = "aws-neuronx-dkms=2.24.*" if is_inf1 else "aws-neuronx-dkms"
        yield Finding(
            Level.PROBLEM, "driver-missing", f"This is an {machine.instance}, and no Neuron driver is loaded.",
            f"Install the driver (Amazon Linux: sudo yum install {package.replace('=', '-')} -y); without it a run can "
            "compile, but not use the device.",
            f"sudo apt-get install {package} -y", "driver",
        )  # fmt: skip
    elif machine.driver is not None and is_inf1 and numbers(machine.driver)[:2] > _LAST_FOR_INF1:
        yield Finding(
            Level.PROBLEM, "driver-too-new",
            f"The Neuron driver is {machine.driver}, and 2.24 was the last for {machine.instance}.",
            "Go back to the last driver for Inf1 (Amazon Linux: sudo yum install aws-neuronx-dkms-2.24.* -y).",
            "sudo apt-get install aws-neuronx-dkms=2.24.* -y", "driver",
        )  # fmt: skip
    elif machine.driver is not None:
        yield Finding(Level.GOOD, "driver", f"The Neuron driver is {machine.driver}.", subject="driver")


def _counted(machine: Machine, free: str = "") -> Finding:
    if machine.devices == 0:
        message = "There is no Neuron device: runs are emulated, or compiled and not run."
        return Finding(Level.NOTE, "no-device", message, subject="devices")
    count = "1 Neuron device" if machine.devices == 1 else f"{machine.devices} Neuron devices"
    where = f" in this {machine.instance}" if machine.instance else ""
    rest = f"; {free}" if free else "; neuron-ls, which tells who holds them, is missing or too old"
    return Finding(Level.GOOD, "devices", f"{count}{where}{rest}.", subject="devices")
