"""How the panel looks: its colours, and what draws them."""
