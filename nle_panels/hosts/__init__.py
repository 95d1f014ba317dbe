"""What ties the panel to an editing program: one protocol, `Host`, and what speaks it."""
