"""The rules of customer service over messaging channels: pure, without I/O."""
