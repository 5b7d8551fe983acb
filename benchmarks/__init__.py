"""What claims about performance are made with: `python -m benchmarks NAME`."""
