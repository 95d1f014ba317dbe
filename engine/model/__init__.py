"""The paper's model: LTX-Video with an audio cross-attention in every block."""
