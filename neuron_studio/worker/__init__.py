"""What runs in the Neuron environment: Python 3.8, the standard library, torch, transformers and the SDK."""
