"""The semi-discrete system: dc/dt = M c + b u, positive off the diagonal, conservative."""
