"""What the stand-ins for the two closed Neuron SDKs share; test equipment, never installed with the product."""
