"""python -m neuron_studio: the same as neuron-studio."""

from neuron_studio.cli.main import main

if __name__ == "__main__":
    main()
