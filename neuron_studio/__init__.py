"""Neuron Studio: trace, compare and prove sentence-pair models for AWS Neuron."""

__version__ = "0.1.0"
